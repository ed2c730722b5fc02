package dev.sallyport.core.jwt;

import dev.sallyport.core.Unavailable;

/** Signs with one private key, wherever that is: in this process, in a security module, at a key service. */
@FunctionalInterface
public interface Signer {

    /**
     * The signature as JWS has it; for ES256 that is R and S, 32 bytes each (RFC 7518 section 3.4).
     *
     * @throws Unavailable when the key is out of reach
     */
    byte[] sign(byte[] input);
}
