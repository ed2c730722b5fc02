package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import java.net.URI;
import java.net.URISyntaxException;

/** Reads the URLs of a document. */
final class Urls {

    private static final int MAX_LENGTH = 2048;

    private Urls() {}

    /** Throws unless it is an absolute http or https URL with a host and nobody's name in it. */
    static URI http(String field, String text) {
        Invalid.unless(text.length() <= MAX_LENGTH, field, "is longer than " + MAX_LENGTH + " characters");
        try {
            URI uri = new URI(text);
            boolean http = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            Invalid.unless(
                    http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null,
                    field,
                    "must be an absolute http or https URL without user information or fragment");
            return uri;
        } catch (URISyntaxException e) {
            throw new Invalid(field, "must be an absolute http or https URL");
        }
    }

    /** The text without slashes at its end. */
    static String withoutSlash(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        return text.substring(0, end);
    }
}
