package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.attest.Evidence;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A token under construction: any header, any claims, any key. */
final class TestToken {

    private static final Object ABSENT = new Object();

    private final Map<String, Object> header = new LinkedHashMap<>();
    private final Map<String, Object> claims;
    private TestKey key;

    TestToken(TestKey key, Map<String, Object> claims) {
        this.claims = new LinkedHashMap<>(claims);
        this.key = key;
        header("typ", "JWT").signedBy(key);
    }

    TestToken claim(String name, Object value) {
        claims.put(name, value);
        return this;
    }

    /** A claim at a place, which may be nested. */
    TestToken claim(ClaimName place, Object value) {
        List<String> steps = place.steps();
        String name = steps.getFirst();
        return claim(name, steps.size() == 1 ? value : within(claims.get(name), steps.subList(1, steps.size()), value));
    }

    TestToken without(ClaimName place) {
        return place.steps().size() == 1 ? without(place.steps().getFirst()) : claim(place, ABSENT);
    }

    private static Map<String, Object> within(@Nullable Object object, List<String> steps, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>();
        if (object instanceof Map<?, ?> members) {
            members.forEach((name, member) -> copy.put(String.valueOf(name), member));
        }
        String name = steps.getFirst();
        if (steps.size() > 1) {
            copy.put(name, within(copy.get(name), steps.subList(1, steps.size()), value));
        } else if (value == ABSENT) {
            copy.remove(name);
        } else {
            copy.put(name, value);
        }
        return copy;
    }

    TestToken without(String name) {
        claims.remove(name);
        return this;
    }

    TestToken header(String name, Object value) {
        header.put(name, value);
        return this;
    }

    TestToken withoutHeader(String name) {
        header.remove(name);
        return this;
    }

    /** Signed by the key, which the header names with its kid and algorithm. */
    TestToken signedBy(TestKey signer) {
        key = signer;
        return header("kid", signer.kid()).header("alg", signer.algorithm().getName());
    }

    /** Signed by the key, whatever the header says. */
    TestToken signedInSecretBy(TestKey signer) {
        key = signer;
        return this;
    }

    String compact() {
        return compact(JSONObjectUtils.toJSONString(claims));
    }

    /** The same with a payload as it stands. */
    String compact(String payload) {
        String input = input(payload);
        JWSAlgorithm claimed = JWSAlgorithm.parse(String.valueOf(header.get("alg")));
        boolean possible = Algorithms.ALLOWED.contains(claimed) && sameFamily(claimed, key.algorithm());
        return input + "." + base64(key.sign(possible ? claimed : key.algorithm(), ascii(input)));
    }

    String text(String claim) {
        return String.valueOf(claims.get(claim));
    }

    String payload() {
        return JSONObjectUtils.toJSONString(claims);
    }

    /** What would be signed. */
    String input(String payload) {
        return base64(utf8(JSONObjectUtils.toJSONString(header))) + "." + base64(utf8(payload));
    }

    Evidence evidence() {
        return Evidence.jwt(compact());
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean sameFamily(JWSAlgorithm one, JWSAlgorithm other) {
        boolean bothRsa = "RP".indexOf(one.getName().charAt(0)) >= 0
                && "RP".indexOf(other.getName().charAt(0)) >= 0;
        return bothRsa || one.equals(other) || (one.equals(JWSAlgorithm.Ed25519) && other.equals(JWSAlgorithm.EdDSA));
    }
}
