package dev.sallyport.core.token;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * One of the broker's own access tokens: holding one <em>is</em> having verified it, and that its caller holds the keys
 * that it is bound to.
 *
 * <p>Only {@link TokenVerifier} makes one.
 */
public sealed interface AccessToken extends Verification permits VerifiedToken {

    UUID jti();

    /** {@code sub}: the agent's SPIFFE ID. */
    String subject();

    /** {@code client_id}: the agent's name. */
    String agent();

    /** {@code aud}: the one target that it is for. */
    String audience();

    /** {@code scope}: what may be done there, at least one. */
    List<String> actions();

    Instant issued();

    Instant expires();

    /** The trust provider that vouched for the agent when the token was issued. */
    String provider();
}
