package dev.sallyport.attestation;

import dev.sallyport.core.Unavailable;
import java.time.Instant;
import java.util.Optional;

/** Knows the challenges that the broker has made, and which of them are used. */
public interface ChallengeBook {

    /** When a challenge for the key with that thumbprint ends; empty where it is not one, or has ended. */
    Optional<Instant> ends(String challenge, String jkt);

    /**
     * Uses a challenge, at all replicas.
     *
     * @param ends when it does
     * @return whether nobody has used it before
     * @throws Unavailable when that can't be told
     */
    boolean spend(String challenge, Instant ends);
}
