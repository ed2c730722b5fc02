package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import java.nio.file.Path;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The roots that the certificates of Azure's metadata service must lead to, and intermediates that are known already.
 *
 * @param roots those that are believed
 * @param intermediates those that may stand between, and are not believed by themselves
 */
public record AzureCertificates(Set<TrustAnchor> roots, List<X509Certificate> intermediates) {

    private static final String SETTING = "azure-certificates";

    public AzureCertificates {
        roots = Set.copyOf(roots);
        intermediates = List.copyOf(intermediates);
    }

    /** Those that ship with the broker. */
    public static AzureCertificates shipped() {
        return of(PemFile.shipped("azure-roots.pem"));
    }

    /** Those of a file instead: PEM, each after a line with {@code #} and its name. Throws {@link Invalid}. */
    public static AzureCertificates read(Path file) {
        return of(PemFile.read(SETTING, file));
    }

    /** What is issued by itself is a root. */
    private static AzureCertificates of(List<PemFile.Entry> entries) {
        Set<TrustAnchor> roots = new HashSet<>();
        List<X509Certificate> intermediates = new ArrayList<>();
        for (PemFile.Entry entry : entries) {
            X509Certificate certificate = entry.certificate();
            if (certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())) {
                roots.add(new TrustAnchor(certificate, null));
            } else {
                intermediates.add(certificate);
            }
        }
        Invalid.unless(!roots.isEmpty(), SETTING, "must hold a root, which is issued by itself");
        return new AzureCertificates(roots, intermediates);
    }
}
