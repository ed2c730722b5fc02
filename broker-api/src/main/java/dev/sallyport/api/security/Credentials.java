package dev.sallyport.api.security;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the {@code Authorization} header holds: an access token, and how it is to be used.
 *
 * @param scheme how
 * @param token the token, in compact form: secret
 */
record Credentials(Scheme scheme, String token) {

    /** The ways to use a token. */
    enum Scheme {
        /** Whoever has the token may use it (RFC 6750 section 2.1). */
        BEARER("Bearer"),
        /** Only whoever also holds its key (RFC 9449 section 7.1). */
        DPOP("DPoP");

        private final String label;

        Scheme(String label) {
            this.label = label;
        }

        /** As it is written in headers. */
        String label() {
            return label;
        }
    }

    /** Reads the header; empty where it is not exactly one token of a known scheme. */
    static Optional<Credentials> read(List<String> headers) {
        if (headers.size() != 1) {
            return Optional.empty();
        }
        String header = headers.getFirst();
        return Arrays.stream(Scheme.values())
                .filter(each -> header.regionMatches(true, 0, each.label + " ", 0, each.label.length() + 1))
                .findFirst()
                .map(scheme -> new Credentials(
                        scheme, header.substring(scheme.label.length() + 1).strip()));
    }

    @Override
    public String toString() {
        return "Credentials[" + scheme + "]";
    }
}
