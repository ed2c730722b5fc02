package dev.sallyport.core.token;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.jwt.SigningAlgorithm;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The keys of the broker: of each algorithm one signs at any moment, and all are published. */
public final class KeyRing {

    private final Map<SigningAlgorithm, Succession<Member>> byAlgorithm = new EnumMap<>(SigningAlgorithm.class);
    private final List<SigningKey> published;
    private final String jwks;

    /**
     * A key and its time.
     *
     * @param activates when it begins to sign
     */
    public record Member(SigningKey key, Instant activates) {}

    /** Takes every key under which a token may still be verified, and those that are yet to sign. */
    public KeyRing(Collection<Member> members) {
        for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
            List<Member> those = members.stream()
                    .filter(each -> each.key().algorithm() == algorithm)
                    .toList();
            byAlgorithm.put(algorithm, Succession.of(those, Member::activates));
        }
        this.published = members.stream().map(Member::key).toList();
        this.jwks = JSONObjectUtils.toJSONString(
                Map.of("keys", published.stream().map(SigningKey::publicJwk).toList()));
    }

    /** Keys that have always signed. */
    public static KeyRing of(SigningKey... keys) {
        return new KeyRing(
                Arrays.stream(keys).map(key -> new Member(key, Instant.EPOCH)).toList());
    }

    /**
     * The key that signs at an instant.
     *
     * @throws Unavailable when there is none of the algorithm
     */
    SigningKey active(SigningAlgorithm algorithm, Instant now) {
        Succession<Member> those = byAlgorithm.get(algorithm);
        return (those == null ? Succession.of(List.<Member>of(), Member::activates) : those)
                .active(now)
                .map(Member::key)
                .orElseThrow(() -> new Unavailable("a key for " + algorithm));
    }

    /**
     * Signs a JWT that is no access token, with ES256.
     *
     * @param type its {@code typ}, by which nobody takes it for one
     */
    public String sign(JOSEObjectType type, Map<String, Object> claims, Instant now) {
        return active(SigningAlgorithm.ES256, now).sign(type, claims);
    }

    /** Every key under which a token may still be verified, and those that are yet to sign. */
    public List<SigningKey> published() {
        return published;
    }

    /** The JWKS (RFC 7517 section 5), as JSON. */
    public String jwks() {
        return jwks;
    }
}
