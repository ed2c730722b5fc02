package dev.sallyport.core.token;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.util.List;
import java.util.Map;

/**
 * The keys of the broker: one signs, all are published.
 *
 * @param active the key that signs now
 * @param published every key under which a token may still be verified, the next one included
 */
public record KeyRing(SigningKey active, List<SigningKey> published) {

    public KeyRing {
        published = List.copyOf(published);
        if (!published.contains(active)) {
            throw new IllegalArgumentException("the active key must be published");
        }
    }

    /** The JWKS (RFC 7517 section 5), as JSON. */
    public String jwks() {
        return JSONObjectUtils.toJSONString(
                Map.of("keys", published.stream().map(SigningKey::publicJwk).toList()));
    }
}
