package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;

/**
 * Finds the certificate of the one who signed, and makes sure that it is Azure's metadata service.
 *
 * <p>The certificate is the one that the signer's entry names, wherever it stands among those of the message.
 */
final class AzureSigner {

    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final int DNS_NAME = 2;
    private static final int MAX_CHAIN = 3;

    private final AzureCertificates known;
    private final @Nullable Intermediates intermediates;
    private final String domain;

    /**
     * Prepares to look at signers.
     *
     * @param intermediates fetches what is missing; null where nothing may be fetched
     * @param domain the name of the cloud's metadata service
     */
    AzureSigner(AzureCertificates known, @Nullable Intermediates intermediates, String domain) {
        this.known = known;
        this.intermediates = intermediates;
        this.domain = domain;
    }

    /** The certificate that the signer's entry names; throws {@link NotProven} unless there is exactly one. */
    static X509Certificate certificate(Cms cms, List<X509Certificate> bag) {
        List<X509Certificate> named =
                bag.stream().filter(each -> names(cms.signer(), each)).toList();
        NotProven.unless(named.size() == 1, Check.KEY, "the message does not hold the one certificate of its signer");
        return named.getFirst();
    }

    static List<X509Certificate> bag(Cms cms) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> bag = new ArrayList<>();
            for (byte[] each : cms.certificates()) {
                bag.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(each)));
            }
            return bag;
        } catch (CertificateException e) {
            throw new NotProven(Check.FORMAT, "a certificate of the message can't be read");
        }
    }

    private static boolean names(SignerIdentifier signer, X509Certificate certificate) {
        if (signer.getId() instanceof ASN1OctetString keyId) {
            byte[] extension = certificate.getExtensionValue("2.5.29.14");
            return extension != null
                    && keyId.equals(ASN1OctetString.getInstance(
                            ASN1OctetString.getInstance(extension).getOctets()));
        }
        IssuerAndSerialNumber named = IssuerAndSerialNumber.getInstance(signer.getId());
        return named.getSerialNumber().getValue().equals(certificate.getSerialNumber())
                && named.getName()
                        .equals(X500Name.getInstance(
                                certificate.getIssuerX500Principal().getEncoded()));
    }

    /** Throws {@link NotProven} unless the certificate is the metadata service's, and leads to a root. */
    void check(X509Certificate certificate, List<X509Certificate> bag, Instant now) {
        NotProven.unless(isService(certificate), Check.KEY, "the signer's certificate is not that of " + domain);
        List<X509Certificate> between = new ArrayList<>(bag);
        between.addAll(known.intermediates());
        if (!leadsToRoot(certificate, between, now)) {
            fetchMissing(certificate, between);
            NotProven.unless(
                    leadsToRoot(certificate, between, now),
                    Check.KEY,
                    "the signer's certificate does not lead to a root of Azure's, is out of date, or one between is missing");
        }
    }

    private boolean isService(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            List<String> uses = certificate.getExtendedKeyUsage();
            return uses != null
                    && uses.contains(SERVER_AUTHENTICATION)
                    && names != null
                    && names.stream()
                            .filter(name -> Objects.equals(name.get(0), DNS_NAME))
                            .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                            .anyMatch(name -> name.equals(domain) || name.endsWith("." + domain));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private void fetchMissing(X509Certificate certificate, List<X509Certificate> between) {
        X509Certificate at = certificate;
        long deadline = intermediates == null ? 0 : intermediates.deadline();
        for (int i = 0; intermediates != null && i < MAX_CHAIN && !issuedByRoot(at); i++) {
            X509Certificate child = at;
            Optional<X509Certificate> issuer = between.stream()
                    .filter(each -> each.getSubjectX500Principal().equals(child.getIssuerX500Principal()))
                    .findFirst();
            if (issuer.isEmpty()) {
                issuer = intermediates.issuerOf(child, deadline);
                issuer.ifPresent(between::add);
            }
            if (issuer.isEmpty()) {
                return;
            }
            at = issuer.get();
        }
    }

    private boolean issuedByRoot(X509Certificate certificate) {
        return known.roots().stream()
                .map(TrustAnchor::getTrustedCert)
                .anyMatch(root -> root.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()));
    }

    private boolean leadsToRoot(X509Certificate certificate, List<X509Certificate> between, Instant now) {
        try {
            X509CertSelector selector = new X509CertSelector();
            selector.setCertificate(certificate);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(known.roots(), selector);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            parameters.setMaxPathLength(MAX_CHAIN);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(between)));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (CertPathBuilderException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform can build certification paths", e);
        }
    }
}
