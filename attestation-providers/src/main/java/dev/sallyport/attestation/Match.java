package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;

/** What a {@link KeySource} has for a token. */
sealed interface Match {

    /** The one key that can have signed it. */
    record Found(JwksEntry.Usable key) implements Match {}

    /**
     * The keys are known, and none of them is for this token.
     *
     * @param check {@link Check#KEY} or {@link Check#ALGORITHM}
     */
    record Unfit(Check check, String detail) implements Match {}

    /** No key has the token's kid; one that was added since may. */
    record Unknown(String detail) implements Match {}

    /** Nobody can tell: the keys can't be fetched. */
    record Unreachable() implements Match {}
}
