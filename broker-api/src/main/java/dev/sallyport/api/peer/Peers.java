package dev.sallyport.api.peer;

import dev.sallyport.core.Invalid;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells who sent a request.
 *
 * <p>What headers say counts only where they come from a trusted proxy. From such a one the certificate of the connection is
 * the proxy's own and never the client's.
 */
public final class Peers {

    /** Where the servlet container keeps the certificates of a TLS connection (Jakarta Servlet section 3.10). */
    private static final String OF_CONNECTION = "jakarta.servlet.request.X509Certificate";

    private final TrustedProxies proxies;
    private final @Nullable CertificateHeader certificates;

    /**
     * Checks the settings.
     *
     * @param trustedProxies addresses and ranges
     * @param certificateHeader the header in which they pass on the client's certificate; null where they don't
     */
    public Peers(List<String> trustedProxies, @Nullable String certificateHeader) {
        this.proxies = new TrustedProxies(trustedProxies);
        this.certificates = certificateHeader == null ? null : new CertificateHeader(certificateHeader);
        Invalid.unless(
                certificates == null || !proxies.none(),
                "client-certificate-header",
                "needs trusted-proxy: from anybody else the header would be made up");
    }

    /** Whether proxies pass on certificates. */
    public boolean passOnCertificates() {
        return certificates != null;
    }

    /**
     * Who sent it.
     *
     * @throws Invalid with the header that a trusted proxy sent and that can't be read
     */
    public Peer of(HttpServletRequest request) {
        String connected = request.getRemoteAddr();
        Optional<InetAddress> proxy =
                proxies.none() ? Optional.empty() : Addresses.parse(connected).filter(proxies::trusts);
        if (proxy.isEmpty()) {
            return new Peer(connected, ofConnection(request));
        }
        String ip = proxies.client(proxy.get(), all(request, "X-Forwarded-For")).getHostAddress();
        return new Peer(ip, certificates == null ? null : certificates.thumbprint(all(request, certificates.name())));
    }

    private static @Nullable String ofConnection(HttpServletRequest request) {
        return request.getAttribute(OF_CONNECTION) instanceof X509Certificate[] chain && chain.length > 0
                ? CertificateHeader.thumbprint(chain[0])
                : null;
    }

    private static List<String> all(HttpServletRequest request, String name) {
        return Collections.list(request.getHeaders(name));
    }
}
