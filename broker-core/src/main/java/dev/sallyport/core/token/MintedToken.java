package dev.sallyport.core.token;

import dev.sallyport.core.policy.McpTool;
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
 */
public record MintedToken(
        String compact,
        UUID jti,
        String sha256,
        Instant issued,
        Instant expires,
        List<String> actions,
        List<McpTool> tools) {

    public Duration lifetime() {
        return Duration.between(issued, expires);
    }

    @Override
    public String toString() {
        return "MintedToken[" + jti + "]";
    }
}
