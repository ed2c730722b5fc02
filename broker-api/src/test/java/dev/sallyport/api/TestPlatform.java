package dev.sallyport.api;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** A platform whose tokens and key endpoint do what a test tells them to. */
final class TestPlatform implements AutoCloseable {

    private final RSAKey key;
    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);

    private TestPlatform(RSAKey key, HttpServer server) {
        this.key = key;
        this.server = server;
    }

    static TestPlatform start() {
        try {
            RSAKey key = new RSAKeyGenerator(2048)
                    .keyIDFromThumbprint(true)
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            TestPlatform platform = new TestPlatform(key, server);
            server.createContext("/jwks", platform::jwks);
            server.createContext("/hangs", platform::hang);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return platform;
        } catch (JOSEException | IOException e) {
            throw new AssertionError(e);
        }
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    RSAKey key() {
        return key;
    }

    /** A good token, but for what the change does to its header and claims. */
    String token(String audience, Consumer<Map<String, Object>> change) {
        Map<String, Object> claims = new HashMap<>();
        long now = Instant.now().getEpochSecond();
        claims.put("iss", url());
        claims.put("aud", audience);
        claims.put("sub", "repo:acme/invoice-bot:ref:refs/heads/main");
        claims.put("repository_id", "1001");
        claims.put("repository_owner_id", "4242");
        claims.put("ref", "refs/heads/main");
        claims.put("iat", now);
        claims.put("exp", now + 300);
        change.accept(claims);
        return sign(header(Map.of()), JSONObjectUtils.toJSONString(claims));
    }

    String header(Map<String, Object> changes) {
        Map<String, Object> header = new HashMap<>(Map.of("alg", "RS256", "typ", "JWT", "kid", key.getKeyID()));
        header.putAll(changes);
        return JSONObjectUtils.toJSONString(header);
    }

    /** Signs any header and claims with RS256, whatever the header says. */
    String sign(String header, String claims) {
        String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        try {
            return input + "."
                    + new RSASSASigner(key)
                            .sign(new JWSHeader(JWSAlgorithm.RS256), input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }

    private void jwks(HttpExchange exchange) throws IOException {
        byte[] body = new JWKSet(key).toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void hang(HttpExchange exchange) {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }
}
