package dev.sallyport.api;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Hash;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** A caller's key, and the DPoP proofs that it makes with it: good ones, but for what a test changes. */
record DpopKey(ECKey key) {

    static DpopKey generate() {
        try {
            return new DpopKey(new ECKeyGenerator(Curve.P_256).generate());
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    String thumbprint() {
        try {
            return key.computeThumbprint().toString();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    String proof(String method, String url) {
        return proof(method, url, claims -> {});
    }

    String proof(String method, String url, Consumer<Map<String, Object>> change) {
        return proof(header -> {}, method, url, change);
    }

    /** A proof that comes with an access token. */
    String proofWith(String token, String method, String url) {
        return proof(method, url, claims -> claims.put("ath", hash(token)));
    }

    String proof(
            Consumer<Map<String, Object>> changeHeader,
            String method,
            String url,
            Consumer<Map<String, Object>> change) {
        Map<String, Object> header = new HashMap<>(Map.of(
                "typ", "dpop+jwt", "alg", "ES256", "jwk", key.toPublicJWK().toJSONObject()));
        changeHeader.accept(header);
        Map<String, Object> claims = new HashMap<>(Map.of(
                "jti",
                UUID.randomUUID().toString(),
                "htm",
                method,
                "htu",
                url,
                "iat",
                Instant.now().getEpochSecond()));
        change.accept(claims);
        String input = encoded(header) + "." + encoded(claims);
        try {
            return input + "."
                    + new ECDSASigner(key)
                            .sign(new JWSHeader(JWSAlgorithm.ES256), input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static String hash(String token) {
        return Base64URL.encode(Hash.sha256(token.getBytes(StandardCharsets.US_ASCII)))
                .toString();
    }

    private static String encoded(Map<String, Object> json) {
        return Base64URL.encode(JSONObjectUtils.toJSONString(json)).toString();
    }
}
