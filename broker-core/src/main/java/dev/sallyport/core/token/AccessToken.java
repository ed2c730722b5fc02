package dev.sallyport.core.token;

/**
 * One of the broker's own access tokens: holding one <em>is</em> having verified it, and that its caller holds the keys
 * that it is bound to.
 *
 * <p>Only {@link TokenVerifier} makes one.
 */
public sealed interface AccessToken extends Verification, SignedToken permits VerifiedToken {

    /** {@code sub}: the agent's SPIFFE ID. */
    String subject();

    /** The trust provider that vouched for the agent when the token was issued. */
    String provider();
}
