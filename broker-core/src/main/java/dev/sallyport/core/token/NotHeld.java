package dev.sallyport.core.token;

/**
 * A good access token, but bound otherwise than by what its caller has proven to hold.
 *
 * @param detail the same, in words fit for the caller
 * @param byKey whether the token is bound to a key that DPoP proofs are made with, and not to a certificate alone
 */
public record NotHeld(String detail, boolean byKey) implements Verification {}
