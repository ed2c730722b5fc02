package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.RunningBroker.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods of a real API server, whose tokens count only while they live. */
class RealClusterTest {

    /** What docs/attestation/kubernetes.md promises: at once where the pod is looked at, or when the API server lets go of it. */
    private static final Duration SOON = Duration.ofSeconds(15);

    private static final Duration WITHIN_A_MINUTE = Duration.ofSeconds(75);

    private static final String PODS = "/api/v1/namespaces/billing/pods";

    private static final String BUNDLE = """
            trustProviders:
              - { name: prod, type: kubernetes, issuer: "https://kubernetes.default.svc.cluster.local", review: { cluster: prod, pod: @pod@ } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: prod, match: { namespace: billing, service_account: bot } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ read ], defaultActions: [ read ] }
            policies:
              - { name: reads, effect: allow, agents: [ { name: "*" } ], targets: [ invoices ], actions: [ read ] }
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RealCluster cluster;
    static RunningBroker looking;
    static RunningBroker asking;

    @BeforeAll
    static void start() throws Exception {
        RealProgram.named("kube-apiserver");
        RealProgram.named("etcd");
        cluster = RealCluster.start(directory);
        for (String namespace : List.of("sallyport", "billing")) {
            cluster.create("/api/v1/namespaces", "{ \"metadata\": { \"name\": \"%s\" } }".formatted(namespace));
        }
        account("sallyport", "sallyport");
        account("billing", "bot");
        cluster.create("/api/v1/nodes", "{ \"metadata\": { \"name\": \"node-1\" } }");
        cluster.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", """
                { "metadata": { "name": "sallyport-review" }, "rules": [
                  { "apiGroups": [ "authentication.k8s.io" ], "resources": [ "tokenreviews" ], "verbs": [ "create" ] },
                  { "apiGroups": [ "" ], "resources": [ "pods" ], "verbs": [ "get" ] } ] }
                """);
        cluster.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """
                { "metadata": { "name": "sallyport-review" },
                  "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sallyport-review" },
                  "subjects": [ { "kind": "ServiceAccount", "name": "sallyport", "namespace": "sallyport" } ] }
                """);
        platform = TestPlatform.start();
        String kubeconfig = "--sallyport.kubernetes-cluster=prod=" + cluster.kubeconfig("sallyport", "sallyport");
        looking = broker("looking", "true", kubeconfig);
        asking = broker("asking", "false", kubeconfig);
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable each : new AutoCloseable[] {looking, asking, platform, cluster}) {
            if (each != null) {
                try {
                    each.close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void a_pod_that_runs_gets_a_token_and_one_that_is_being_deleted_does_not() {
        String evidence = run("deleted-gently", looking);
        assertThat(looking.exchange(evidence).status()).isEqualTo(200);

        cluster.delete(PODS + "/deleted-gently");
        await().atMost(SOON).untilAsserted(() -> refused(looking.exchange(evidence)));
    }

    @Test
    void a_pod_that_is_gone_is_refused_whether_or_not_pods_are_looked_at() {
        for (RunningBroker broker : List.of(looking, asking)) {
            String evidence = run("gone", broker);
            assertThat(broker.exchange(evidence).status()).isEqualTo(200);

            cluster.delete(PODS + "/gone", "{ \"gracePeriodSeconds\": 0 }");
            await().atMost(SOON).untilAsserted(() -> refused(broker.exchange(evidence)));
        }
    }

    @Test
    void a_pod_that_is_being_deleted_is_refused_within_a_minute_where_pods_are_not_looked_at() {
        String evidence = run("lingers", asking);
        assertThat(asking.exchange(evidence).status()).isEqualTo(200);

        cluster.delete(PODS + "/lingers", "{ \"gracePeriodSeconds\": 1 }");
        await().atMost(WITHIN_A_MINUTE)
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> refused(asking.exchange(evidence)));
    }

    @Test
    void tokens_for_others_and_of_no_pod_are_refused() {
        run("stays", looking);

        refused(looking.exchange(cluster.token("billing", "bot", RealCluster.ISSUER, boundTo("stays"))));
        refused(looking.exchange(cluster.token("billing", "bot", "https://elsewhere.example", boundTo("stays"))));
        refused(looking.exchange(cluster.token("billing", "bot", looking.issuer(), "")));
        String good = cluster.token("billing", "bot", looking.issuer(), boundTo("stays"));
        refused(looking.exchange(good.substring(0, good.lastIndexOf('.') + 2)
                + good.substring(good.lastIndexOf('.') + 2).toUpperCase(Locale.ROOT)));
    }

    @Test
    void a_pod_that_has_not_started_is_refused() {
        cluster.create(PODS, pod("pending"));

        refused(looking.exchange(cluster.token("billing", "bot", looking.issuer(), boundTo("pending"))));
    }

    private static RunningBroker broker(String name, String pod, String kubeconfig) throws IOException {
        return RunningBroker.start(
                Files.createDirectory(directory.resolve(name)),
                platform,
                BUNDLE.replace("@pod@", pod),
                List.of(kubeconfig));
    }

    /** A pod that runs; returns its token for the broker. */
    private static String run(String name, RunningBroker broker) {
        cluster.create(PODS, pod(name));
        cluster.patch(PODS + "/" + name + "/status", "{ \"status\": { \"phase\": \"Running\" } }");
        return cluster.token("billing", "bot", broker.issuer(), boundTo(name));
    }

    private static void account(String namespace, String name) {
        cluster.create(
                "/api/v1/namespaces/" + namespace + "/serviceaccounts",
                "{ \"metadata\": { \"name\": \"%s\" } }".formatted(name));
    }

    private static String pod(String name) {
        return """
                { "metadata": { "name": "%s" }, "spec": { "serviceAccountName": "bot", "nodeName": "node-1",
                  "containers": [ { "name": "main", "image": "bot.example/bot:1" } ] } }
                """.formatted(name);
    }

    private static String boundTo(String pod) {
        return ", \"boundObjectRef\": { \"apiVersion\": \"v1\", \"kind\": \"Pod\", \"name\": \"%s\" }".formatted(pod);
    }

    private static void refused(Answer answer) {
        assertThat(answer.status()).as(answer.description()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_grant");
    }
}
