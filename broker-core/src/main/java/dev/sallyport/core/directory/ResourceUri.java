package dev.sallyport.core.directory;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells when two resource URIs are the same one.
 *
 * <p>RFC 3986 section 6.2.2: scheme and host without regard to case, no default port; and, since clients differ, no
 * trailing slash.
 */
public final class ResourceUri {

    private static final int MAX_LENGTH = 2048;

    private ResourceUri() {}

    /** The form to compare by; empty for what RFC 8707 does not allow: relative, with a fragment, or not ASCII. */
    public static Optional<String> canonical(String resource) {
        if (resource.length() > MAX_LENGTH || !resource.chars().allMatch(c -> c > ' ' && c < 127)) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(resource);
            if (!uri.isAbsolute() || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            return uri.isOpaque() ? Optional.of(opaque(uri)) : hierarchical(uri);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String opaque(URI uri) {
        return scheme(uri) + ":" + uri.getRawSchemeSpecificPart();
    }

    private static Optional<String> hierarchical(URI uri) {
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            return Optional.empty();
        }
        String scheme = scheme(uri);
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        boolean defaultPort = uri.getPort() < 0
                || (scheme.equals("https") && uri.getPort() == 443)
                || (scheme.equals("http") && uri.getPort() == 80);
        String port = defaultPort ? "" : ":" + uri.getPort();
        String path = uri.getRawPath().replaceAll("/+$", "");
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return Optional.of(scheme + "://" + host + port + path + query);
    }

    private static String scheme(URI uri) {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }
}
