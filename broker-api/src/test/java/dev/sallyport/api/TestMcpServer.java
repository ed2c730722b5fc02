package dev.sallyport.api;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An MCP server with one tool, for callers with a token; it shows whoever has none where to get one (RFC 9728). */
final class TestMcpServer implements AutoCloseable {

    private static final String METADATA = "/.well-known/oauth-protected-resource/mcp";

    private final HttpServer server;
    private volatile String metadata = "{}";

    private TestMcpServer(HttpServer server) {
        this.server = server;
    }

    static TestMcpServer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TestMcpServer mcp = new TestMcpServer(server);
        server.createContext("/mcp", mcp::call);
        server.createContext(METADATA, exchange -> answer(exchange, 200, mcp.metadata));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return mcp;
    }

    String url() {
        return origin() + "/mcp";
    }

    /** What it shows of itself: the document that the broker makes of its target. */
    void show(String document) {
        metadata = document;
    }

    private String origin() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private void call(HttpExchange exchange) throws IOException {
        @Nullable String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            exchange.getResponseHeaders()
                    .add(
                            "WWW-Authenticate",
                            "Bearer resource_metadata=\"" + origin() + METADATA + "\", scope=\"tools/call:add\"");
            answer(exchange, 401, "{}");
        } else if (!"POST".equals(exchange.getRequestMethod())) {
            answer(exchange, 405, "{}");
        } else {
            respond(exchange);
        }
    }

    private static void respond(HttpExchange exchange) throws IOException {
        try {
            Map<String, Object> request =
                    JSONObjectUtils.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (!request.containsKey("id")) {
                exchange.sendResponseHeaders(202, -1);
                exchange.close();
                return;
            }
            Map<String, Object> result = "tools/list".equals(request.get("method"))
                    ? Map.of("tools", List.of(Map.of("name", "add", "inputSchema", Map.of("type", "object"))))
                    : initialized(JSONObjectUtils.getJSONObject(request, "params"));
            answer(
                    exchange,
                    200,
                    JSONObjectUtils.toJSONString(Map.of("jsonrpc", "2.0", "id", request.get("id"), "result", result)));
        } catch (ParseException e) {
            answer(exchange, 400, "{}");
        }
    }

    private static Map<String, Object> initialized(Map<String, Object> params) {
        return Map.of(
                "protocolVersion",
                params.get("protocolVersion"),
                "capabilities",
                Map.of("tools", Map.of()),
                "serverInfo",
                Map.of("name", "stub", "version", "1"));
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
