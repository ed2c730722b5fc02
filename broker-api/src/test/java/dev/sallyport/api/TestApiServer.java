package dev.sallyport.api;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** The API server of a cluster over TLS: believes the broker by its token, and stands by one pod until told otherwise. */
final class TestApiServer implements AutoCloseable {

    private final HttpsServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Path directory;
    final AtomicInteger reviews = new AtomicInteger();

    volatile String mode = "good";

    private TestApiServer(HttpsServer server, Path directory) {
        this.server = server;
        this.directory = directory;
    }

    static TestApiServer start(Path directory, TestIdentity identity) {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(identity.keys().getKeyManagers(), null, null);
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(tls));
            TestApiServer api = new TestApiServer(server, directory);
            server.createContext("/", api::answer);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return api;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A kubeconfig for it, with the authority and the token in files beside it. */
    Path kubeconfig(String name, TestIdentity identity) throws IOException {
        Files.writeString(directory.resolve("ca.crt"), identity.pem());
        Files.writeString(directory.resolve("broker-token"), "broker-1\n");
        return Files.writeString(
                directory.resolve(name), """
                apiVersion: v1
                kind: Config
                current-context: main
                contexts: [ { name: main, context: { cluster: one, user: broker } } ]
                clusters: [ { name: one, cluster: { server: "https://localhost:%d", certificate-authority: ca.crt } } ]
                users: [ { name: broker, user: { tokenFile: broker-token } } ]
                """.formatted(server.getAddress().getPort()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        reviews.incrementAndGet();
        boolean known = Files.readString(directory.resolve("broker-token"))
                .strip()
                .equals(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                        .substring("Bearer ".length()));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        switch (known ? mode : "unauthorized") {
            case "good" -> send(exchange, 201, review(body, true));
            case "deleted" -> send(exchange, 201, review(body, false));
            case "redirect" -> {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                send(exchange, 307, "");
            }
            case "huge" -> send(exchange, 201, " ".repeat(300_000) + review(body, true));
            case "forbidden" ->
                send(
                        exchange,
                        403,
                        "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Forbidden\",\"code\":403}");
            case "broken" -> send(exchange, 500, "secret of the inside");
            case "hangs" -> hang();
            default -> send(exchange, 401, "{\"kind\":\"Status\",\"code\":401}");
        }
    }

    private static String review(String asked, boolean authenticated) {
        return authenticated ? """
                  {"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","metadata":{"creationTimestamp":null},
                  "spec":{},"status":{"authenticated":true,"user":{"username":"system:serviceaccount:billing:invoice-bot",
                  "uid":"sa-1","groups":["system:serviceaccounts","system:authenticated"],
                  "extra":{"authentication.kubernetes.io/pod-name":["bot-1"],"authentication.kubernetes.io/pod-uid":["pod-1"]}},
                  "audiences":%s}}""".formatted(audiences(asked)) : """
                  {"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","metadata":{"creationTimestamp":null},
                  "spec":{},"status":{"user":{},
                  "error":"[invalid bearer token, service account token has been invalidated]"}}""";
    }

    /** The first audience that the broker asks for that is its issuer, as the token's. */
    private static String audiences(String asked) {
        try {
            Map<String, Object> spec = JSONObjectUtils.getJSONObject(JSONObjectUtils.parse(asked), "spec");
            String[] all = JSONObjectUtils.getStringArray(spec, "audiences");
            return "[\"" + all[0] + "\"]";
        } catch (java.text.ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void hang() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
