package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A token ends, has not ended, and has begun (RFC 7519 sections 4.1.4 to 4.1.6). */
final class Lifetime implements Rule {

    /** How far a platform's clock may be ahead of ours; an expiry gets no such grace. */
    static final Duration SKEW = Duration.ofSeconds(60);

    /** The end of the year 9999: later dates are mistakes, such as milliseconds. */
    private static final double LATEST = 253_402_300_799d;

    @Override
    public @Nullable Rejected broken(JwtEvidence jwt, Instant now) {
        Instant expires = date(jwt, "exp");
        if (expires == null) {
            return new Rejected(Check.EXPIRY, "the token's exp claim is missing or not a date");
        }
        if (!expires.isAfter(now)) {
            return new Rejected(Check.EXPIRY, "the token has expired");
        }
        Instant begins = date(jwt, "nbf");
        if (begins == null && jwt.claim("nbf") != null) {
            return new Rejected(Check.NOT_BEFORE, "the token's nbf claim is not a date");
        }
        if (begins != null && begins.isAfter(now.plus(SKEW))) {
            return new Rejected(Check.NOT_BEFORE, "the token is not valid yet");
        }
        return issuedBroken(jwt, expires, now);
    }

    private static @Nullable Rejected issuedBroken(JwtEvidence jwt, Instant expires, Instant now) {
        Instant issued = date(jwt, "iat");
        if (issued == null) {
            return jwt.claim("iat") == null
                    ? null
                    : new Rejected(Check.ISSUED_AT, "the token's iat claim is not a date");
        }
        if (issued.isAfter(now.plus(SKEW))) {
            return new Rejected(Check.ISSUED_AT, "the token was issued in the future");
        }
        return issued.isAfter(expires) ? new Rejected(Check.ISSUED_AT, "the token expired before it was issued") : null;
    }

    /** When a token that keeps this rule was issued, as far as it says. */
    static Instant issued(JwtEvidence jwt, Instant now) {
        Instant issued = date(jwt, "iat");
        return issued != null ? issued : Objects.requireNonNullElse(date(jwt, "nbf"), now);
    }

    /** When a token that keeps this rule expires. */
    static Instant expires(JwtEvidence jwt) {
        return Objects.requireNonNull(date(jwt, "exp"));
    }

    /** A NumericDate, fractions included; null where there is none or not a sane one. */
    static @Nullable Instant date(JwtEvidence jwt, String claim) {
        if (!(jwt.claim(claim) instanceof Number number)) {
            return null;
        }
        double seconds = number.doubleValue();
        return seconds >= 0 && seconds <= LATEST ? Instant.ofEpochMilli((long) Math.floor(seconds * 1000)) : null;
    }
}
