package dev.sallyport.api.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.core.CanonicalJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Plays a platform on loopback: vouches for its workloads with ID tokens, by a key that is made at start.
 *
 * <p>{@code GET /token?audience=...&ref=...} gives a token to whoever asks; on a real platform only the workload can.
 */
final class Platform implements AutoCloseable {

    private final HttpServer server;
    private final RSAKey key;
    private final Function<Map<String, String>, Map<String, Object>> claims;

    private Platform(HttpServer server, RSAKey key, Function<Map<String, String>, Map<String, Object>> claims) {
        this.server = server;
        this.key = key;
        this.claims = claims;
    }

    /** A platform that says of its workloads what the function makes of changes to them. */
    static Platform start(Function<Map<String, String>, Map<String, Object>> claims) throws IOException {
        try {
            RSAKey key = new RSAKeyGenerator(2048)
                    .keyIDFromThumbprint(true)
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            Platform platform = new Platform(server, key, claims);
            server.createContext("/.well-known/openid-configuration", platform::discovery);
            server.createContext("/.well-known/jwks", platform::jwks);
            server.createContext("/token", platform::token);
            server.start();
            return platform;
        } catch (JOSEException e) {
            throw new IllegalStateException("no RSA key could be generated", e);
        }
    }

    String issuer() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    String tokenUrl() {
        return issuer() + "/token";
    }

    /** A token for the audience, as this platform gives it to a workload; the changes say which workload. */
    String token(String audience, Map<String, String> changes) {
        Map<String, Object> all = new TreeMap<>(claims.apply(changes));
        all.put("iss", issuer());
        all.put("aud", audience);
        all.put("jti", UUID.randomUUID().toString());
        return sign(all);
    }

    private String sign(Map<String, Object> claims) {
        Instant now = Instant.now();
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder()
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now.minusSeconds(10)))
                .expirationTime(Date.from(now.plusSeconds(300)));
        claims.forEach(set::claim);
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(JOSEObjectType.JWT)
                        .keyID(key.getKeyID())
                        .build(),
                set.build());
        try {
            jwt.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("the platform's key does not sign", e);
        }
        return jwt.serialize();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void discovery(HttpExchange exchange) throws IOException {
        answer(exchange, CanonicalJson.text(Map.of("issuer", issuer(), "jwks_uri", issuer() + "/.well-known/jwks")));
    }

    private void jwks(HttpExchange exchange) throws IOException {
        answer(exchange, new JWKSet(key).toString());
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        String audience = query.containsKey("audience") ? query.remove("audience") : "https://acme.example";
        answer(exchange, token(audience, query));
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            Arrays.stream(raw.split("&"))
                    .map(pair -> pair.split("=", 2))
                    .filter(pair -> pair.length == 2)
                    .forEach(pair -> query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
        }
        return query;
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
