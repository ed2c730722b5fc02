package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An address from which nothing but failures comes has to wait; others and those who succeed do not. */
class FailingAddressTest {

    @TempDir
    static Path directory;

    @Test
    void who_keeps_failing_waits_and_nobody_else_does() {
        try (TestPlatform platform = TestPlatform.start();
                RunningBroker broker = RunningBroker.start(
                        directory,
                        platform,
                        LogEndpointsTest.BUNDLE,
                        List.of("--sallyport.failures-per-address=1", "--sallyport.trusted-proxy=127.0.0.1"))) {
            String good = platform.token("acme-broker", _ -> {});
            for (int i = 0; i < 20; i++) {
                assertThat(from(broker, "192.0.2.1", good).status()).isEqualTo(200);
            }
            for (int i = 0; i < 10; i++) {
                assertThat(from(broker, "192.0.2.1", good + "x").status()).isEqualTo(400);
            }

            Answer slowed = from(broker, "192.0.2.1", good);
            assertThat(slowed.status()).isEqualTo(429);
            assertThat(slowed.error()).isEqualTo("slow_down");
            assertThat(slowed.http().headers().firstValue("Retry-After")).hasValue("1");
            assertThat(from(broker, "192.0.2.2", good).status()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> from(broker, "192.0.2.1", good).status() == 200);
            assertThat(broker.management("/metrics").http().body())
                    .containsPattern("sallyport_addresses_slowed_total [1-9]");
        }
    }

    private static Answer from(RunningBroker broker, String address, String evidence) {
        return broker.send(broker.request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Forwarded-For", address)
                .POST(BodyPublishers.ofString(RunningBroker.form(
                        "grant_type",
                        RunningBroker.JWT_BEARER,
                        "assertion",
                        evidence,
                        "resource",
                        RunningBroker.INVOICES))));
    }
}
