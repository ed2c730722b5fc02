package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log arrives where it is sent, in order, with its credentials, also where the receiver was away. */
class PushTest {

    @TempDir
    static Path directory;

    private final List<Map<String, Object>> events = new CopyOnWriteArrayList<>();
    private final List<String> credentials = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void every_entry_arrives_as_an_event_though_the_receiver_was_away_at_first() throws IOException {
        HttpServer siem = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        siem.createContext("/events", this::receive);
        siem.start();
        Path header = Files.writeString(directory.resolve("header"), "Authorization: Splunk s3cr3t\n");
        try (TestPlatform platform = TestPlatform.start();
                RunningBroker broker = RunningBroker.start(
                        directory,
                        platform,
                        LogEndpointsTest.BUNDLE,
                        List.of(
                                "--sallyport.push-url=http://localhost:"
                                        + siem.getAddress().getPort() + "/events",
                                "--sallyport.push-header=" + header))) {
            for (int i = 0; i < 5; i++) {
                assertThat(broker.exchange(platform.token("acme-broker", _ -> {}))
                                .status())
                        .isEqualTo(200);
            }
            int entries = broker.entries().size();
            await().until(() -> events.size() >= entries);

            assertThat(events.stream()
                            .map(event -> sequence(event))
                            .limit(entries)
                            .toList())
                    .isEqualTo(LongStream.range(0, entries).boxed().toList());
            assertThat(events.stream().filter(event -> Objects.equals(event.get("class_uid"), 3003L)))
                    .hasSize(5);
            assertThat(credentials).containsOnly("Splunk s3cr3t");
            assertThat(broker.management("/metrics").http().body())
                    .containsPattern("sallyport_push_lag_entries [0-9]")
                    .containsPattern("sallyport_push_failures_total [1-9]");
        } finally {
            siem.stop(0);
        }
    }

    private static Object sequence(Map<String, Object> event) {
        return Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(event.get("metadata"))).get("sequence"));
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        credentials.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        if (calls.getAndIncrement() == 0) {
            exchange.sendResponseHeaders(503, -1);
            return;
        }
        for (String line : body.split("\n", -1)) {
            if (!line.isEmpty()) {
                events.add(parsed(line));
            }
        }
        exchange.sendResponseHeaders(204, -1);
    }

    private static Map<String, Object> parsed(String line) {
        try {
            return JSONObjectUtils.parse(line);
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }
}
