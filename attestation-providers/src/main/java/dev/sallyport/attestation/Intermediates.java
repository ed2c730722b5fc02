package dev.sallyport.attestation;

import dev.sallyport.core.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/**
 * Certificates that stand between a signer and a root, from the one host that is known to have them: Microsoft's own.
 *
 * <p>A certificate says where its issuer's is. That is somebody's word until the chain is whole, so nothing is fetched but
 * from {@value #HOST}, by https whatever it says, no more than {@value #MAX_FETCHES} new places in a minute; what was fetched,
 * or could not be, is remembered. Who waits, waits {@link #PATIENCE} at most.
 */
final class Intermediates {

    static final String HOST = "www.microsoft.com";

    private static final int MAX_FETCHES = 30;
    private static final int MAX_KEPT = 128;
    private static final int MAX_BYTES = 16 * 1024;
    private static final Duration PATIENCE = Duration.ofMillis(1900);
    private static final Duration KEPT = Duration.ofHours(24);
    private static final Duration FAILED = Duration.ofSeconds(30);
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final Fetch fetch;
    private final Executor background;
    private final LongSupplier nanoTime;
    private final Map<URI, Fetched> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, Fetched> eldest) {
            return size() > MAX_KEPT;
        }
    };
    private long windowBegan;
    private int fetches;

    Intermediates(Fetch fetch, Executor background, LongSupplier nanoTime) {
        this.fetch = fetch;
        this.background = background;
        this.nanoTime = nanoTime;
        this.windowBegan = nanoTime.getAsLong();
    }

    private record Fetched(CompletableFuture<Optional<X509Certificate>> certificate, long at) {

        boolean counts(long now) {
            boolean failed =
                    certificate.isDone() && certificate.getNow(Optional.empty()).isEmpty();
            return now - at < (failed ? FAILED : KEPT).toNanos();
        }
    }

    /** When somebody who begins to wait now has waited long enough, for all that is fetched. */
    long deadline() {
        return nanoTime.getAsLong() + PATIENCE.toNanos();
    }

    /**
     * The issuer's certificate; empty where the certificate names no place for it that is known.
     *
     * @throws Unavailable when it names one, and the issuer's certificate can't be had there
     */
    Optional<X509Certificate> issuerOf(X509Certificate certificate, long deadline) {
        Optional<URI> place = place(certificate);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        Optional<X509Certificate> issuer = at(place.get(), deadline);
        if (issuer.isEmpty()) {
            throw new Unavailable("a certificate between Azure's and its root");
        }
        return issuer;
    }

    private Optional<X509Certificate> at(URI place, long deadline) {
        Fetched fetched = kept(place);
        try {
            return fetched == null
                    ? Optional.empty()
                    : fetched.certificate.get(Math.max(0, deadline - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private @Nullable Fetched kept(URI place) {
        long now = nanoTime.getAsLong();
        Fetched mine = new Fetched(new CompletableFuture<>(), now);
        synchronized (kept) {
            Fetched before = kept.get(place);
            if (before != null && before.counts(now)) {
                return before;
            }
            if (now - windowBegan >= WINDOW.toNanos()) {
                windowBegan = now;
                fetches = 0;
            }
            if (++fetches > MAX_FETCHES) {
                return null;
            }
            kept.put(place, mine);
        }
        background.execute(() -> mine.certificate.complete(fetched(place)));
        return mine;
    }

    private Optional<X509Certificate> fetched(URI place) {
        try {
            byte[] encoded = fetch.get(place);
            return encoded.length > MAX_BYTES
                    ? Optional.empty()
                    : Optional.of((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(encoded)));
        } catch (IOException | CertificateException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** The first place that is one of Microsoft's. */
    private static Optional<URI> place(X509Certificate certificate) {
        try {
            Extensions extensions = Certificate.getInstance(certificate.getEncoded())
                    .getTBSCertificate()
                    .getExtensions();
            if (extensions == null || extensions.getExtension(Extension.authorityInfoAccess) == null) {
                return Optional.empty();
            }
            for (AccessDescription each :
                    AuthorityInformationAccess.fromExtensions(extensions).getAccessDescriptions()) {
                if (each.getAccessMethod().equals(AccessDescription.id_ad_caIssuers)
                        && each.getAccessLocation().getTagNo() == GeneralName.uniformResourceIdentifier) {
                    Optional<URI> place =
                            known(each.getAccessLocation().getName().toString());
                    if (place.isPresent()) {
                        return place;
                    }
                }
            }
            return Optional.empty();
        } catch (CertificateException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** The same place by https; empty where it is not one of Microsoft's. */
    static Optional<URI> known(String url) {
        try {
            URI uri = new URI(url);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            String path = uri.getRawPath();
            return http
                            && uri.getHost() != null
                            && uri.getHost().toLowerCase(Locale.ROOT).equals(HOST)
                            && uri.getRawUserInfo() == null
                            && uri.getPort() < 0
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null
                            && (path.startsWith("/pkiops/certs/") || path.startsWith("/pki/"))
                            && !path.contains("..")
                    ? Optional.of(URI.create("https://" + HOST + path))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
