package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warnings and drifting claims, over HTTP. */
class LintEndpointsTest {

    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
            agents:
              - { name: invoice-bot, kind: workload, labels: { team: billing },
                  bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: platform-ci, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
              - { name: policy-ci, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9001" } } ] }
            targets:
              - { name: invoices, resource: https://invoices.example/mcp, kind: mcp-server,
                  actions: [ "invoices:read", "invoices:write" ] }
            policies:
              - name: bots-read-invoices
                effect: allow
                agents: [ { labels: { team: billing } } ]
                targets: [ invoices ]
                actions: [ "invoices:read" ]
                when: attestation.claims.environment == "production" || attestation.claims.event_name == "push"
              - { name: platform-administers, effect: allow, agents: [ { name: platform-ci } ], targets: [ sallyport ],
                  actions: [ "*" ] }
              - { name: others-write-policies, effect: allow, agents: [ { name: policy-ci } ], targets: [ sallyport ],
                  actions: [ "policy:write" ] }
            """;

    private static final String SHADOW = """
            {"effect": "deny", "agents": [{"name": "*"}], "targets": ["invoices"], "actions": ["*"]}
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;
    static String admin;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
        admin = token("9000", "directory:read directory:write policy:read policy:write system:write audit:read");
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_good_configuration_has_no_warnings() {
        assertThat(get("/v1/lint").body()).containsEntry("warnings", List.of()).containsEntry("complete", true);
        assertThat(send("PUT", "/v1/configuration?failOnLint=true", admin, bundle(), "application/yaml")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_write_is_told_what_it_brings_and_what_it_brings_on_others() {
        Answer dry = send("PUT", "/v1/policies/stop?dryRun=true", admin, SHADOW);

        assertThat(dry.status()).isEqualTo(200);
        assertThat(warnings(dry))
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .containsEntry("code", "shadowed-policy")
                        .containsEntry("document", Map.of("kind", "policy", "name", "bots-read-invoices"))
                        .containsEntry("related", List.of(Map.of("kind", "policy", "name", "stop")))
                        .containsEntry("documentation", "docs/lint.md#shadowed-policy"));
        Answer relabelled = send("PUT", "/v1/agents/invoice-bot?dryRun=true", admin, """
                {"kind": "workload", "bindings": [{"provider": "ci", "match": {"repository": "acme/billing"}}]}
                """);
        assertThat(warnings(relabelled))
                .extracting(each -> each.get("code"))
                .containsExactlyInAnyOrder("mutable-name", "matches-no-agent");
    }

    @Test
    void a_document_is_stored_with_its_warnings_in_the_answer_and_can_be_sent_back() {
        Answer created = send("PUT", "/v1/policies/odd", admin, """
                {"effect": "allow", "agents": [{"name": "invoice-bot"}], "targets": ["invoices"], "actions": ["invoices:write"],
                 "when": "request.proof == 'dpop'\\n && attestation.claims.enviroment == 'x'"}
                """);

        assertThat(created.status()).isEqualTo(201);
        assertThat(warnings(created))
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .containsEntry("code", "claim-never-sent")
                        .containsEntry("place", Map.of("field", "when", "line", 2L, "column", 5L)));
        assertThat(get("/v1/policies/odd").body()).doesNotContainKey("warnings");
        assertThat(warnings(get("/v1/lint"))).hasSize(1);
        String tag = created.http().headers().firstValue("ETag").orElseThrow();
        HttpRequest.Builder again = broker.request("/v1/policies/odd")
                .header("If-Match", tag)
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(created.http().body()));
        assertThat(broker.send(again).status()).isEqualTo(200);
        HttpRequest.Builder gone = broker.request("/v1/policies/odd")
                .header("If-Match", tag)
                .header("Authorization", "Bearer " + admin)
                .DELETE();
        assertThat(broker.send(gone).status()).isEqualTo(204);
    }

    @Test
    void what_the_lint_warns_of_is_refused_where_the_writer_wants_it_so() {
        String before = get("/v1/configuration").http().body();

        for (String path :
                List.of("/v1/policies/stop?failOnLint=true", "/v1/policies/stop?failOnLint=true&dryRun=true")) {
            Answer refused = send("PUT", path, admin, SHADOW);
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.body()).containsEntry("type", "https://sallyport.dev/problems/lint");
            assertThat(warnings(refused)).hasSize(1);
        }
        String flawed =
                bundle().replace("== \"production\" ||", "== \"production\" && action == \"invoices:write\" &&");
        assertThat(send("PUT", "/v1/configuration?failOnLint=true", admin, flawed, "application/yaml")
                        .status())
                .isEqualTo(422);
        assertThat(get("/v1/configuration").http().body()).isEqualTo(before);
    }

    @Test
    void who_may_only_write_policies_is_told_of_the_own_document_alone() {
        String author = token("9001", "policy:write");

        assertThat(warnings(send("PUT", "/v1/policies/stop?dryRun=true", author, SHADOW)))
                .isEmpty();
        assertThat(send("GET", "/v1/lint", author, "").status()).isEqualTo(403);
    }

    @Test
    void a_claim_that_is_no_longer_sent_is_told_of() {
        for (int i = 0; i < 3; i++) {
            attempt("environment", "production");
        }
        for (int i = 0; i < 2; i++) {
            attempt("event_name", "push");
        }
        Answer drift = get("/v1/claim-drift?days=1");

        assertThat(drift.status()).isEqualTo(200);
        assertThat(drift.body()).containsEntry("complete", true);
        assertThat(claim(drift, "repository_id")).containsEntry("state", "steady");
        assertThat(claim(drift, "event_name").get("usedBy"))
                .isEqualTo(Map.of("agents", 0L, "policies", List.of("bots-read-invoices")));
        assertThat(claim(drift, "environment")).containsEntry("seen", 3L).containsKeys("firstSeen", "lastSeen");
        assertThat(get("/v1/claim-drift?days=0").status()).isEqualTo(400);
        assertThat(send("GET", "/v1/claim-drift", token("9001", "policy:write"), "")
                        .status())
                .isEqualTo(403);
    }

    private static void attempt(String claim, String value) {
        String evidence = platform.token("acme-broker", claims -> {
            claims.put("repository_id", "1001");
            claims.put(claim, value);
        });
        broker.exchange(evidence, "resource", "https://invoices.example/mcp", "scope", "invoices:read");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> claim(Answer drift, String claim) {
        Map<String, Object> provider =
                ((List<Map<String, Object>>) Objects.requireNonNull(drift.body().get("items"))).getFirst();
        return ((List<Map<String, Object>>) Objects.requireNonNull(provider.get("claims")))
                .stream()
                        .filter(each -> claim.equals(each.get("claim")))
                        .findFirst()
                        .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> warnings(Answer answer) {
        return (List<Map<String, Object>>) Objects.requireNonNull(answer.body().get("warnings"), answer.description());
    }

    private static String bundle() {
        return BUNDLE.replace("@platform@", platform.url());
    }

    private static String token(String repository, String scope) {
        String evidence = platform.token("acme-broker", claims -> claims.put("repository_id", repository));
        Answer answer = broker.exchange(evidence, "resource", broker.issuer() + "/v1", "scope", scope);
        assertThat(answer.status()).as(answer.description()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static Answer get(String path) {
        return send("GET", path, admin, "");
    }

    private static Answer send(String method, String path, String token, String body) {
        return send(method, path, token, body, "application/json");
    }

    private static Answer send(String method, String path, String token, String body, String type) {
        HttpRequest.Builder request = broker.request(path).header("Authorization", "Bearer " + token);
        if (method.equals("GET")) {
            return broker.send(request);
        }
        if (path.startsWith("/v1/policies")) {
            request.header("If-None-Match", "*");
        } else if (path.startsWith("/v1/agents")) {
            request.header(
                    "If-Match",
                    get("/v1/agents/invoice-bot")
                            .http()
                            .headers()
                            .firstValue("ETag")
                            .orElseThrow());
        }
        return broker.send(request.header("Content-Type", type).method(method, BodyPublishers.ofString(body)));
    }
}
