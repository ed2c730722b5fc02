package dev.sallyport.attestation;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A key and its certificate, as a platform has them, or somebody who would like to be one. */
record TestAuthority(String name, KeyPair keys, X509Certificate certificate) {

    static final Instant NOW = Instant.ofEpochSecond(TestIssuer.SECOND);

    /** One that vouches for itself. */
    static TestAuthority root(String name) {
        return root(name, rsa(2048));
    }

    static TestAuthority root(String name, KeyPair keys) {
        return issued(name, keys, null, true, null, NOW.plus(Duration.ofDays(30)));
    }

    TestAuthority intermediate(String named) {
        return issued(named, rsa(2048), this, true, null, NOW.plus(Duration.ofDays(30)));
    }

    /** A certificate for a host, whose issuer's certificate is said to be at a place. */
    TestAuthority host(String dnsName, @Nullable String issuersPlace) {
        return issued(dnsName, rsa(2048), this, false, issuersPlace, NOW.plus(Duration.ofDays(30)));
    }

    TestAuthority expiredHost(String dnsName) {
        return issued(dnsName, rsa(2048), this, false, null, NOW.minus(Duration.ofDays(1)));
    }

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static TestAuthority issued(
            String name,
            KeyPair keys,
            @Nullable TestAuthority by,
            boolean authority,
            @Nullable String issuersPlace,
            Instant end) {
        try {
            X500Name subject = new X500Name("CN=" + name);
            X500Name issuer = by == null ? subject : new X500Name("CN=" + by.name);
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(name.hashCode() & 0xfffffff),
                    Date.from(NOW.minus(Duration.ofDays(60))),
                    Date.from(end),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!authority) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            }
            if (issuersPlace != null) {
                ASN1EncodableVector places = new ASN1EncodableVector();
                places.add(new AccessDescription(
                        AccessDescription.id_ad_caIssuers,
                        new GeneralName(GeneralName.uniformResourceIdentifier, issuersPlace)));
                builder.addExtension(
                        Extension.authorityInfoAccess,
                        false,
                        AuthorityInformationAccess.getInstance(new DERSequence(places)));
            }
            return new TestAuthority(
                    name,
                    keys,
                    new JcaX509CertificateConverter()
                            .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA")
                                    .build((by == null ? keys : by.keys).getPrivate()))));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    /** A file of certificates with their names, as {@link PemFile} reads it. */
    static Path file(Path file, TestAuthority... authorities) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (TestAuthority each : authorities) {
                pem.write("# " + each.name + "\n");
                pem.writeObject(each.certificate);
                pem.flush();
            }
            pem.flush();
            return Files.writeString(file, text.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
