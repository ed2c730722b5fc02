package dev.sallyport.core.possession;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells when {@code htu} is the URI of a request (RFC 9449 section 4.3): without query and fragment, normalised by syntax and
 * scheme (RFC 3986 sections 6.2.2 and 6.2.3).
 */
final class HttpUri {

    private static final int MAX_LENGTH = 2048;
    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");

    private HttpUri() {}

    /** Whether both are http or https URIs, and the same one. */
    static boolean same(String one, String other) {
        Optional<String> canonical = canonical(one);
        return canonical.isPresent() && canonical.equals(canonical(other));
    }

    /** The form to compare by; empty for what is not an http or https URI. */
    private static Optional<String> canonical(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text).normalize();
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            int defaultPort = scheme.equals("https") ? 443 : 80;
            if (!(scheme.equals("https") || scheme.equals("http"))
                    || uri.getHost() == null
                    || uri.getRawUserInfo() != null) {
                return Optional.empty();
            }
            String port = uri.getPort() < 0 || uri.getPort() == defaultPort ? "" : ":" + uri.getPort();
            String path = uri.getRawPath().isEmpty() ? "/" : decoded(uri.getRawPath());
            return Optional.of(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port + path);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Escapes in upper case, but for characters that need none (RFC 3986 section 2.3). */
    private static String decoded(String path) {
        return ESCAPE.matcher(path).replaceAll(escape -> {
            char c = (char) Integer.parseInt(escape.group(1), 16);
            boolean unreserved = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
            return unreserved ? String.valueOf(c) : escape.group().toUpperCase(Locale.ROOT);
        });
    }
}
