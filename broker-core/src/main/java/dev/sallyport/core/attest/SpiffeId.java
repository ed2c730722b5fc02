package dev.sallyport.core.attest;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SPIFFE ID of a workload (SPIFFE-ID section 2): {@code spiffe://<trust domain><path>}.
 *
 * @param trustDomain lower case, at most 255 characters
 * @param path from its first slash on; never empty, since a bare trust domain is no workload
 */
public record SpiffeId(String trustDomain, String path) {

    /** SPIFFE-ID section 2.3, in bytes, all of which are ASCII. */
    private static final int MAX_LENGTH = 2048;

    private static final int MAX_TRUST_DOMAIN = 255;

    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]++");

    /** Segments of these characters, none of them empty; those of dots alone are told apart afterwards. */
    private static final Pattern ID = Pattern.compile("spiffe://([a-z0-9._-]++)((?:/[a-zA-Z0-9._-]++)++)");

    private static final Pattern RELATIVE = Pattern.compile("/\\.{1,2}(?:/|$)");

    /** Reads one; empty where the text is none, or not in its one spelling. */
    public static Optional<SpiffeId> read(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher id = ID.matcher(text);
        return id.matches()
                        && isTrustDomain(id.group(1))
                        && !RELATIVE.matcher(id.group(2)).find()
                ? Optional.of(new SpiffeId(id.group(1), id.group(2)))
                : Optional.empty();
    }

    /** Whether a name could be that of a trust domain. */
    public static boolean isTrustDomain(String name) {
        return name.length() <= MAX_TRUST_DOMAIN && TRUST_DOMAIN.matcher(name).matches();
    }

    /** The ID itself. */
    @Override
    public String toString() {
        return "spiffe://" + trustDomain + path;
    }
}
