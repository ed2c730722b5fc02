package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods get tokens over HTTP while their cluster stands by them. */
class KubernetesReviewTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: prod, type: kubernetes, issuer: "@platform@", review: { cluster: prod } }
              - { name: other, type: kubernetes, issuer: "https://other.example", review: { cluster: other } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: prod, match: { namespace: billing, pod_uid: pod-1 } } ] }
              - { name: far, kind: workload, bindings: [ { provider: other, match: { namespace: billing } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ read ], defaultActions: [ read ] }
            policies:
              - { name: reads, effect: allow, agents: [ { name: "*" } ], targets: [ invoices ], actions: [ read ] }
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static TestApiServer prod;
    static TestApiServer other;
    static RunningBroker broker;

    @BeforeAll
    static void start() throws IOException {
        platform = TestPlatform.start();
        TestIdentity identity = TestIdentity.make(directory, "api");
        prod = TestApiServer.start(directory, identity);
        other = TestApiServer.start(directory, identity);
        broker = RunningBroker.start(
                directory,
                platform,
                BUNDLE,
                List.of("--sallyport.kubernetes-cluster=prod=" + prod.kubeconfig("prod.yaml", identity) + ",other="
                        + other.kubeconfig("other.yaml", identity)));
    }

    @AfterAll
    static void stop() {
        broker.close();
        prod.close();
        other.close();
        platform.close();
    }

    @BeforeEach
    void good() {
        prod.mode = "good";
    }

    @Test
    void a_pod_gets_a_token_while_its_cluster_stands_by_it() {
        String evidence = evidence(platform.url());
        int before = prod.reviews.get();

        assertThat(broker.exchange(evidence).status()).isEqualTo(200);
        assertThat(broker.exchange(evidence).status()).isEqualTo(200);
        assertThat(prod.reviews.get() - before).isEqualTo(1);

        prod.mode = "deleted";
        Answer refused = broker.exchange(evidence(platform.url()));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.description()).contains("does not stand by the token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redirect", "huge", "forbidden", "broken", "unauthorized"})
    void whatever_is_no_clear_answer_is_503(String mode) {
        prod.mode = mode;

        Answer answer = broker.exchange(evidence(platform.url()));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.http().body()).doesNotContain("secret");
    }

    @Test
    void a_cluster_that_hangs_is_given_up_and_is_in_nobody_elses_way() {
        other.mode = "hangs";

        long start = System.nanoTime();
        Answer answer = broker.exchange(evidence("https://other.example"));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        assertThat(broker.exchange(evidence(platform.url())).status()).isEqualTo(200);
    }

    @Test
    void the_brokers_own_token_is_read_anew() throws IOException {
        Files.writeString(directory.resolve("broker-token"), "broker-2\n");

        assertThat(broker.exchange(evidence(platform.url())).status()).isEqualTo(200);
    }

    private static String evidence(String issuer) {
        return platform.token(broker.issuer(), claims -> {
            claims.put("iss", issuer);
            claims.put("sub", "system:serviceaccount:billing:invoice-bot");
            claims.put("jti", UUID.randomUUID().toString());
            claims.put(
                    "kubernetes.io",
                    Map.of(
                            "namespace", "billing",
                            "serviceaccount", Map.of("name", "invoice-bot", "uid", "sa-1"),
                            "pod", Map.of("name", "bot-1", "uid", "pod-1")));
        });
    }
}
