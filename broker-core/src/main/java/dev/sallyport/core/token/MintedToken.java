package dev.sallyport.core.token;

import dev.sallyport.core.policy.McpTool;
import dev.sallyport.core.possession.Confirmation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A signed token that has not left yet.
 *
 * @param compact the JWT: secret
 * @param jti its id, a UUIDv7
 * @param sha256 SHA-256 of the compact form, in hexadecimal
 * @param issued its {@code iat}
 * @param expires its {@code exp}
 * @param actions its scope
 * @param tools its {@code authorization_details}
 * @param bound the keys that it is bound to: its {@code cnf}
 */
public record MintedToken(
        String compact,
        UUID jti,
        String sha256,
        Instant issued,
        Instant expires,
        List<String> actions,
        List<McpTool> tools,
        Confirmation bound) {

    /** How it is to be used (RFC 6749 section 7.1, RFC 9449 section 5). */
    public String type() {
        return bound.jkt() == null ? "Bearer" : "DPoP";
    }

    public Duration lifetime() {
        return Duration.between(issued, expires);
    }

    @Override
    public String toString() {
        return "MintedToken[" + jti + "]";
    }
}
