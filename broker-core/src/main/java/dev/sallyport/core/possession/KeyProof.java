package dev.sallyport.core.possession;

import java.time.Instant;
import java.util.UUID;

/** What became of the DPoP proof of a request (RFC 9449). */
public sealed interface KeyProof permits KeyProof.None, KeyProof.Held, KeyProof.Bad, KeyProof.NonceWanted {

    /** There was none. */
    record None() implements KeyProof {}

    /** A good proof, made with a key that the caller holds. Only {@link DpopVerifier} makes one. */
    sealed interface Held extends KeyProof permits VerifiedProof {

        /** The RFC 7638 thumbprint of the key. */
        String jkt();

        /** What tells the proof from all others: 16 bytes of a hash of its key and its {@code jti}. */
        byte[] id();

        /** From when on it is stale, and need not be remembered. */
        Instant stale();

        /**
         * Uses the proof, which can be done once, here at this replica.
         *
         * @param use what it is used for; the same one may use it again
         * @return whether that is right
         * @throws dev.sallyport.core.Unavailable when no more proofs can be remembered
         */
        boolean spend(UUID use);
    }

    /**
     * Not a proof that is accepted.
     *
     * @param detail why, in words fit for the caller
     */
    record Bad(String detail) implements KeyProof {}

    /**
     * A good proof otherwise, but without a nonce of the broker's where one is needed, or with one that is not good.
     *
     * @param detail the same, in words fit for the caller
     */
    record NonceWanted(String detail) implements KeyProof {}
}
