package dev.sallyport.core.attest;

import java.util.Locale;

/** The checks that evidence must pass, in the order in which they are made. */
public enum Check {
    /** It can be read at all: size, encoding, JSON without duplicate members, a signed JWT. */
    FORMAT,
    /** Its issuer is that of a configured trust provider. */
    ISSUER,
    /** Its {@code typ} header is one that the platform uses. */
    TYPE,
    /** Its algorithm is on the allowlist and fits the key. */
    ALGORITHM,
    /** Its key is one of the provider's. */
    KEY,
    /** Its signature verifies. */
    SIGNATURE,
    /** Every audience is one that the broker accepts from this provider. */
    AUDIENCE,
    /** It has an expiry, and that is in the future. */
    EXPIRY,
    /** It is valid already. */
    NOT_BEFORE,
    /** It was not issued in the future. */
    ISSUED_AT,
    /** It names a subject. */
    SUBJECT,
    /** The platform itself, asked at this moment, still stands by it. */
    REVIEW,
    /** It meets the provider's {@code require} pins. */
    PIN,
    /** The claims that would be kept are few and small enough. */
    CLAIMS,
    /** Its caller holds the key that it is bound to. */
    HOLDER,
    /** The provider that vouches for it is not suspended. */
    PROVIDER,
    /** It is not bound to another key than the caller's. */
    BINDING,
    /** It has not been used before, where it counts once. */
    SPENT;

    /** The name as it stands in answers, such as {@code not_before}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
