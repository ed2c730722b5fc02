package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.api.outbound.Outbound;
import dev.sallyport.api.outbound.OutboundProxy;
import dev.sallyport.api.outbound.PrivateAuthorities;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys from hosts with certificates of one's own, through a proxy, and from hosts that hang. */
class OutboundRoutesTest {

    @TempDir
    static Path directory;

    static Path authority;
    static HttpsServer https;
    static HttpServer http;
    static ConnectProxy proxy;
    static final CountDownLatch OVER = new CountDownLatch(1);

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        TestIdentity identity = TestIdentity.make(directory, "server");
        authority = Files.writeString(directory.resolve("ca.pem"), identity.pem());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(identity.keys().getKeyManagers(), null, null);
        https = HttpsServer.create(loopback(), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        http = HttpServer.create(loopback(), 0);
        for (HttpServer server : List.of(https, http)) {
            server.createContext("/keys", OutboundRoutesTest::answer);
            server.createContext("/hangs", exchange -> hang());
            server.createContext("/drips", OutboundRoutesTest::drip);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        }
        proxy = ConnectProxy.start();
    }

    @AfterAll
    static void stop() {
        OVER.countDown();
        proxy.close();
        https.stop(0);
        http.stop(0);
    }

    @Test
    void an_authority_of_ones_own_is_trusted_where_it_is_named_and_nowhere_else() throws IOException {
        URI uri = URI.create("https://localhost:" + https.getAddress().getPort() + "/keys");
        try (Outbound named = new Outbound(List.of("localhost"), null, PrivateAuthorities.read(authority));
                Outbound unnamed = new Outbound(List.of("localhost"))) {
            assertThat(named.get(uri)).asString().isEqualTo("{}");
            assertThatThrownBy(() -> unnamed.get(uri)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void the_host_is_still_the_one_that_the_certificate_names() throws IOException {
        try (Outbound outbound = through(List.of())) {
            URI uri = URI.create("https://other.example:" + https.getAddress().getPort() + "/keys");
            assertThatThrownBy(() -> outbound.get(uri)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_proxy_looks_up_the_name_and_connects() throws IOException {
        String target = "keys.example:" + https.getAddress().getPort();
        try (Outbound outbound = through(List.of())) {
            assertThat(outbound.get(URI.create("https://" + target + "/keys")))
                    .asString()
                    .isEqualTo("{}");
        }
        assertThat(proxy.asked()).contains(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "LOCALHOST", "10.1.2.3", "169.254.169.254", "[::1]", "[fd00::1]"})
    void a_private_address_in_a_url_does_not_reach_the_proxy(String host) throws IOException {
        int before = proxy.asked().size();
        try (Outbound outbound = through(List.of())) {
            assertThatThrownBy(() -> outbound.get(URI.create("https://" + host + "/keys")))
                    .hasMessageContaining("private address");
            assertThatThrownBy(() -> outbound.get(URI.create("http://keys.example/keys")))
                    .hasMessageContaining("plain http");
        }
        assertThat(proxy.asked()).hasSize(before);
    }

    @Test
    void allowed_hosts_are_reached_without_the_proxy() throws IOException {
        int before = proxy.asked().size();
        try (Outbound outbound = through(List.of("localhost"))) {
            assertThat(outbound.get(
                            URI.create("http://localhost:" + http.getAddress().getPort() + "/keys")))
                    .asString()
                    .isEqualTo("{}");
        }
        assertThat(proxy.asked()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hangs", "/drips"})
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void a_host_that_hangs_or_drips_is_given_up(String path) throws IOException {
        try (Outbound outbound = new Outbound(List.of("localhost"))) {
            assertThatThrownBy(() -> outbound.get(
                            URI.create("http://localhost:" + http.getAddress().getPort() + path)))
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example:3128",
                "https://proxy.example:3128",
                "http://proxy.example",
                "http://me:secret@proxy.example:3128",
                "http://proxy.example:3128/path",
                "http://proxy.example:3128?x",
                "http:// proxy",
                ""
            })
    void a_proxy_is_a_plain_url_without_credentials(String url) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> OutboundProxy.read(url))
                .satisfies(e -> assertThat(e.field()).isEqualTo("outbound-proxy"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void a_file_without_certificates_stops_the_start() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        Path text = Files.writeString(directory.resolve("text.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        for (Path file : List.of(empty, text, directory.resolve("missing.pem"), directory)) {
            assertThatExceptionOfType(Invalid.class)
                    .isThrownBy(() -> PrivateAuthorities.read(file))
                    .satisfies(e -> assertThat(e.field()).isEqualTo("outbound-ca"));
        }
    }

    private static Outbound through(List<String> allowed) {
        return new Outbound(allowed, OutboundProxy.read(proxy.url()), PrivateAuthorities.read(authority));
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 2);
        exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    /** One byte at a time, each soon enough to look alive. */
    private static void drip(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 1000);
        try {
            while (!OVER.await(300, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private static void hang() {
        try {
            OVER.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
