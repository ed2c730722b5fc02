package dev.sallyport.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Plays a broker and the platforms around a caller, and keeps what it was asked. */
final class FakeBroker implements AutoCloseable {

    private final HttpServer server;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Told> answers = new ConcurrentHashMap<>();

    /** A request that came. */
    record Asked(String method, String path, String query, Map<String, String> headers, String body) {

        String form(String name) {
            return Arrays.stream(body.split("&", -1))
                    .filter(pair -> pair.startsWith(name + "="))
                    .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
                    .findFirst()
                    .orElse("");
        }
    }

    /** What a path answers. */
    private record Told(int status, String body, Map<String, String> headers) {}

    FakeBroker() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        says("/.well-known/oauth-authorization-server", 200, "{\"issuer\":\"" + url() + "\"}", Map.of());
        says("/oauth2/token", 200, "{\"access_token\":\"issued\",\"expires_in\":300}", Map.of());
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    URI uri() {
        return URI.create(url());
    }

    void says(String path, int status, String body, Map<String, String> headers) {
        answers.put(path, new Told(status, body, headers));
    }

    List<Asked> asked() {
        return asked;
    }

    /** The last request of that path. */
    Asked last(String path) {
        return asked.reversed().stream()
                .filter(each -> each.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody asked for " + path));
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(new Asked(exchange.getRequestMethod(), path, query, headers, body));
        Told told = answers.getOrDefault(path, new Told(404, "{}", Map.of()));
        told.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = told.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(told.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
