package dev.sallyport.api.outbound;

import dev.sallyport.core.Invalid;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/** The HTTP proxy of the start-up configuration. */
public record OutboundProxy(HttpHost host) {

    private static final String FIELD = "outbound-proxy";

    /** Reads {@code http://HOST:PORT}; null for null. Throws {@link Invalid} for anything else, credentials included. */
    public static @Nullable OutboundProxy read(@Nullable String url) {
        if (url == null) {
            return null;
        }
        try {
            URI uri = new URI(url);
            boolean bare = uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && ("".equals(uri.getRawPath()) || "/".equals(uri.getRawPath()));
            Invalid.unless(
                    "http".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0 && bare,
                    FIELD,
                    "must be http://HOST:PORT, without credentials");
            return new OutboundProxy(new HttpHost("http", uri.getHost(), uri.getPort()));
        } catch (URISyntaxException e) {
            throw new Invalid(FIELD, "must be http://HOST:PORT, without credentials");
        }
    }
}
