package dev.sallyport.core.token;

import dev.sallyport.core.possession.Confirmation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A token that was looked at for someone else: it lets nobody in.
 *
 * <p>Only {@link TokenVerifier} makes one.
 */
public final class InspectedToken implements SignedToken {

    private final VerifiedToken token;
    private final Map<String, Object> claims;

    InspectedToken(VerifiedToken token, Map<String, Object> claims) {
        this.token = token;
        this.claims = claims;
    }

    /** Its claims, as it has them. */
    public Map<String, Object> claims() {
        return claims;
    }

    @Override
    public UUID jti() {
        return token.jti();
    }

    @Override
    public String agent() {
        return token.agent();
    }

    @Override
    public String audience() {
        return token.audience();
    }

    @Override
    public List<String> actions() {
        return token.actions();
    }

    @Override
    public Instant issued() {
        return token.issued();
    }

    @Override
    public Instant expires() {
        return token.expires();
    }

    @Override
    public Confirmation bound() {
        return token.bound();
    }

    @Override
    public String toString() {
        return "InspectedToken[" + jti() + "]";
    }
}
