package dev.sallyport.api.live;

import com.nimbusds.jose.JOSEObjectType;
import dev.sallyport.api.state.Loaded;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/** Signs answers about tokens, so that whoever got one can show it to others (RFC 9701 section 5). */
public final class IntrospectionSigner {

    private static final JOSEObjectType TYPE = new JOSEObjectType("token-introspection+jwt");

    private final String issuer;
    private final InstantSource clock;

    public IntrospectionSigner(String issuer, InstantSource clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    /**
     * A JWT that holds an answer.
     *
     * @param now whose key signs
     * @param audience who asked
     * @param answer what was answered
     */
    public String sign(Loaded now, String audience, Map<String, Object> answer) {
        Instant time = clock.instant();
        Map<String, Object> claims = new TreeMap<>();
        claims.put("iss", issuer);
        claims.put("aud", audience);
        claims.put("iat", time.getEpochSecond());
        claims.put("token_introspection", answer);
        return now.state().keys().sign(TYPE, claims, time);
    }
}
