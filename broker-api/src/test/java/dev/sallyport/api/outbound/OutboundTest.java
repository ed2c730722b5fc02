package dev.sallyport.api.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutboundTest {

    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server = unbound();

    @BeforeEach
    void serve() throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/keys", 200, "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8));
        answer("/huge", 200, new byte[(1 << 20) + 1]);
        answer("/error", 500, "secret of the inside".getBytes(StandardCharsets.UTF_8));
        server.createContext("/redirect", exchange -> {
            exchange.getResponseHeaders().set("Location", "/keys");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void an_allowed_host_is_reached_over_plain_http() throws IOException {
        try (Outbound outbound = new Outbound(List.of("LOCALHOST"))) {
            assertThat(outbound.get(url("http", "/keys"))).asString().isEqualTo("{\"keys\":[]}");
        }
    }

    @Test
    void plain_http_is_refused_before_a_connection_is_made() throws IOException {
        try (Outbound outbound = new Outbound(List.of("other.example"))) {
            assertThatThrownBy(() -> outbound.get(url("http", "/keys"))).hasMessageContaining("plain http");
        }
        assertThat(requests).hasValue(0);
    }

    @Test
    void a_private_address_is_refused_even_behind_https() throws IOException {
        try (Outbound outbound = new Outbound(List.of())) {
            assertThatThrownBy(() -> outbound.get(url("https", "/keys"))).hasMessageContaining("private address");
        }
    }

    @Test
    void other_schemes_redirects_errors_and_large_answers_are_refused() throws IOException {
        try (Outbound outbound = new Outbound(List.of("localhost"))) {
            assertThatThrownBy(() -> outbound.get(URI.create("file:///etc/passwd")))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> outbound.get(url("http", "/redirect"))).hasMessageContaining("302");
            assertThatThrownBy(() -> outbound.get(url("http", "/error")))
                    .hasMessageContaining("500")
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> outbound.get(url("http", "/huge"))).hasMessageContaining("1 MiB");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, false",
        "10.1.2.3, false",
        "172.16.0.1, false",
        "192.168.1.1, false",
        "169.254.169.254, false",
        "100.64.0.1, false",
        "192.0.0.8, false",
        "192.88.99.1, false",
        "198.18.0.1, false",
        "224.0.0.1, false",
        "240.0.0.1, false",
        "255.255.255.255, false",
        "0.0.0.0, false",
        "::1, false",
        "fe80::1, false",
        "fc00::1, false",
        "fd00:ec2::254, false",
        "::ffff:10.0.0.1, false",
        "64:ff9b::a00:1, false",
        "2002:a00:1::, false",
        "2001:db8::1, false",
        "140.82.112.3, true",
        "2606:50c0:8000::153, true"
    })
    void addresses_that_are_not_of_the_public_internet_are_told_apart(String address, boolean isPublic)
            throws IOException {
        assertThat(PublicAddress.is(InetAddress.getByName(address))).isEqualTo(isPublic);
    }

    private static HttpServer unbound() {
        try {
            return HttpServer.create();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(String path, int status, byte[] body) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private URI url(String scheme, String path) {
        return URI.create(scheme + "://localhost:" + server.getAddress().getPort() + path);
    }
}
