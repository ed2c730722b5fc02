package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.attest.Evidence;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A token under construction: any header, any claims, any key. */
final class TestToken {

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
