package dev.sallyport.attestation;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header is one that the platform writes: no extensions, its own {@code typ}, an asymmetric algorithm.
 *
 * <p>Keys that the header brings along or points at ({@code jwk}, {@code jku}, {@code x5c}, {@code x5u}) are never looked
 * at.
 *
 * @param typ the accepted values, in {@link #plain} form
 */
record HeaderRule(Set<String> typ) implements Rule {

    /** The type of what a client authenticates with, by the successor draft of RFC 7523; never that of a grant. */
    private static final String CLIENT_AUTHENTICATION = "client-authentication+jwt";

    @Override
    public @Nullable Rejected broken(JwtEvidence jwt, Instant now) {
        JWSHeader header = jwt.header();
        if (jwt.asksForExtensions()) {
            return new Rejected(Check.FORMAT, "the token's header has crit or b64, which are not understood here");
        }
        JOSEObjectType type = header.getType();
        if (type != null && !accepts(plain(type.getType()), jwt.use())) {
            return new Rejected(Check.TYPE, "the token's typ header is not that of this trust provider's tokens");
        }
        if (!Algorithms.ALLOWED.contains(header.getAlgorithm())) {
            return new Rejected(Check.ALGORITHM, "the token's algorithm is not one of " + Algorithms.NAMES);
        }
        return null;
    }

    private boolean accepts(String type, JwtEvidence.Use use) {
        return typ.contains(type)
                || (use == JwtEvidence.Use.CLIENT_AUTHENTICATION && type.equals(CLIENT_AUTHENTICATION));
    }

    /** A media type to compare by: RFC 7515 section 4.1.9 lets {@code application/} be left out. */
    static String plain(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
    }
}
