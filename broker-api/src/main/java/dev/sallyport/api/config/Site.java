package dev.sallyport.api.config;

import dev.sallyport.core.Invalid;
import dev.sallyport.store.PostgresStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Where this broker lives, and as whom it speaks.
 *
 * @param issuer the {@code iss} of its tokens: stored at first start, never taken from a request
 * @param trustDomain the SPIFFE trust domain of its agents
 * @param port the port that it listens on
 */
public record Site(String issuer, String trustDomain, int port) {

    /**
     * Settles the issuer.
     *
     * <p>A database keeps the issuer that it was set up with, and another one needs an explicit {@code --issuer}, since it
     * orphans every verifier. A free port is the one of the stored issuer where that is free.
     */
    public static Site settle(BrokerProperties settings, PostgresStore store) {
        Optional<String> stored = store.issuer();
        int port = settings.port() != 0 ? settings.port() : freePort(stored);
        String issuer = settings.issuer() != null ? settings.issuer() : "http://localhost:" + port;
        if (stored.isPresent() && !stored.get().equals(issuer)) {
            Invalid.unless(
                    settings.issuer() != null,
                    "issuer",
                    "this database was set up for " + stored.get() + "; give --issuer to keep it or to change it");
        }
        if (!stored.equals(Optional.of(issuer))) {
            store.changes().storeIssuer(issuer);
        }
        String domain = settings.trustDomain() != null ? settings.trustDomain() : trustDomain(issuer);
        Invalid.unless(domain.matches("[a-z0-9._-]{1,255}"), "trust-domain", "must match [a-z0-9._-]{1,255}");
        return new Site(issuer, domain, port);
    }

    /** The name of this broker's log: the issuer without its scheme, and {@code /log}. */
    public String logOrigin() {
        return issuer.substring(issuer.indexOf("://") + 3) + "/log";
    }

    /** Throws unless the text can be an issuer (RFC 8414 section 2): a URL without query or fragment. */
    static void checkIssuer(String issuer) {
        try {
            URI uri = new URI(issuer);
            Invalid.unless(
                    ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                            && uri.getHost() != null
                            && uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null
                            && !issuer.endsWith("/"),
                    "issuer",
                    "must be an https or http URL without user, query, fragment and trailing slash");
        } catch (URISyntaxException e) {
            throw new Invalid("issuer", "must be a URL");
        }
    }

    private static String trustDomain(String issuer) {
        String host = URI.create(issuer).getHost().toLowerCase(Locale.ROOT);
        return host.startsWith("[") ? "localhost" : host;
    }

    private static int freePort(Optional<String> issuer) {
        int preferred = issuer.map(URI::create)
                .filter(uri -> "localhost".equals(uri.getHost()))
                .map(URI::getPort)
                .orElse(0);
        try {
            return bindable(preferred);
        } catch (IOException taken) {
            try {
                return bindable(0);
            } catch (IOException e) {
                throw new Invalid("port", "no free port: " + e.getMessage());
            }
        }
    }

    private static int bindable(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, (InetAddress) null)) {
            return socket.getLocalPort();
        }
    }
}
