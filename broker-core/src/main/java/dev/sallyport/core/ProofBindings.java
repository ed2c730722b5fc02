package dev.sallyport.core;

import java.time.Instant;

/** Which key evidence is bound to, for all replicas. */
@FunctionalInterface
public interface ProofBindings {

    /**
     * Binds evidence to a key, unless it is bound to one. Durable when this returns.
     *
     * @param provider the trust provider that vouches
     * @param digest SHA-256 of the evidence, in hexadecimal
     * @param key names the key and its kind
     * @param ends when the evidence ends: then it may be forgotten
     * @return whether it is bound to this key now
     * @throws Unavailable when that can't be told
     */
    boolean bind(String provider, String digest, String key, Instant ends);
}
