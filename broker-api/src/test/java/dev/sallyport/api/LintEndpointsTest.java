package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

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

    @RegisterExtension
    static final Served SERVED = Served.with(BUNDLE)
            .admin(
                    "repository_id",
                    "9000",
                    "directory:read directory:write policy:read policy:write system:write audit:read");

    @Test
    void a_good_configuration_has_no_warnings() {
        assertThat(SERVED.get("/v1/lint").body())
                .containsEntry("warnings", List.of())
                .containsEntry("complete", true);
        assertThat(put("/v1/configuration?failOnLint=true", SERVED.token(), bundle(), "application/yaml")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_write_is_told_what_it_brings_and_what_it_brings_on_others() {
        Answer dry = put("/v1/policies/stop?dryRun=true", SERVED.token(), SHADOW);

        assertThat(dry.status()).isEqualTo(200);
        assertThat(Served.list(dry, "warnings"))
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .containsEntry("code", "shadowed-policy")
                        .containsEntry("document", Map.of("kind", "policy", "name", "bots-read-invoices"))
                        .containsEntry("related", List.of(Map.of("kind", "policy", "name", "stop")))
                        .containsEntry("documentation", "docs/lint.md#shadowed-policy"));
        Answer relabelled = put("/v1/agents/invoice-bot?dryRun=true", SERVED.token(), """
                {"kind": "workload", "bindings": [{"provider": "ci", "match": {"repository": "acme/billing"}}]}
                """);
        assertThat(Served.list(relabelled, "warnings"))
                .extracting(each -> each.get("code"))
                .containsExactlyInAnyOrder("mutable-name", "matches-no-agent");
    }

    @Test
    void a_document_is_stored_with_its_warnings_in_the_answer_and_can_be_sent_back() {
        Answer created = put("/v1/policies/odd", SERVED.token(), """
                {"effect": "allow", "agents": [{"name": "invoice-bot"}], "targets": ["invoices"], "actions": ["invoices:write"],
                 "when": "request.proof == 'dpop'\\n && attestation.claims.enviroment == 'x'"}
                """);

        assertThat(created.status()).isEqualTo(201);
        assertThat(Served.list(created, "warnings"))
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .containsEntry("code", "claim-never-sent")
                        .containsEntry("place", Map.of("field", "when", "line", 2L, "column", 5L)));
        assertThat(SERVED.get("/v1/policies/odd").body()).doesNotContainKey("warnings");
        assertThat(Served.list(SERVED.get("/v1/lint"), "warnings")).hasSize(1);
        String tag = created.http().headers().firstValue("ETag").orElseThrow();
        HttpRequest.Builder again = SERVED.api("/v1/policies/odd")
                .header("If-Match", tag)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(created.http().body()));
        assertThat(SERVED.broker().send(again).status()).isEqualTo(200);
        HttpRequest.Builder gone =
                SERVED.api("/v1/policies/odd").header("If-Match", tag).DELETE();
        assertThat(SERVED.broker().send(gone).status()).isEqualTo(204);
    }

    @Test
    void what_the_lint_warns_of_is_refused_where_the_writer_wants_it_so() {
        String before = SERVED.get("/v1/configuration").http().body();

        for (String path :
                List.of("/v1/policies/stop?failOnLint=true", "/v1/policies/stop?failOnLint=true&dryRun=true")) {
            Answer refused = put(path, SERVED.token(), SHADOW);
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.body()).containsEntry("type", "https://sallyport.dev/problems/lint");
            assertThat(Served.list(refused, "warnings")).hasSize(1);
        }
        String flawed =
                bundle().replace("== \"production\" ||", "== \"production\" && action == \"invoices:write\" &&");
        assertThat(put("/v1/configuration?failOnLint=true", SERVED.token(), flawed, "application/yaml")
                        .status())
                .isEqualTo(422);
        assertThat(SERVED.get("/v1/configuration").http().body()).isEqualTo(before);
    }

    @Test
    void who_may_only_write_policies_is_told_of_the_own_document_alone() {
        String author = SERVED.token("repository_id", "9001", "policy:write");

        assertThat(Served.list(put("/v1/policies/stop?dryRun=true", author, SHADOW), "warnings"))
                .isEmpty();
        assertThat(SERVED.get("/v1/lint", author).status()).isEqualTo(403);
    }

    @Test
    void a_claim_that_is_no_longer_sent_is_told_of() {
        for (int i = 0; i < 3; i++) {
            attempt("environment", "production");
        }
        for (int i = 0; i < 2; i++) {
            attempt("event_name", "push");
        }
        Answer drift = SERVED.get("/v1/claim-drift?days=1");

        assertThat(drift.status()).isEqualTo(200);
        assertThat(drift.body()).containsEntry("complete", true);
        assertThat(claim(drift, "repository_id")).containsEntry("state", "steady");
        assertThat(claim(drift, "event_name").get("usedBy"))
                .isEqualTo(Map.of("agents", 0L, "policies", List.of("bots-read-invoices")));
        assertThat(claim(drift, "environment")).containsEntry("seen", 3L).containsKeys("firstSeen", "lastSeen");
        assertThat(SERVED.get("/v1/claim-drift?days=0").status()).isEqualTo(400);
        assertThat(SERVED.get("/v1/claim-drift", SERVED.token("repository_id", "9001", "policy:write"))
                        .status())
                .isEqualTo(403);
    }

    private static void attempt(String claim, String value) {
        String evidence = SERVED.evidence(claims -> {
            claims.put("repository_id", "1001");
            claims.put(claim, value);
        });
        SERVED.broker().exchange(evidence, "resource", "https://invoices.example/mcp", "scope", "invoices:read");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> claim(Answer drift, String claim) {
        Map<String, Object> provider = Served.list(drift, "items").getFirst();
        return ((List<Map<String, Object>>) Objects.requireNonNull(provider.get("claims")))
                .stream()
                        .filter(each -> claim.equals(each.get("claim")))
                        .findFirst()
                        .orElseThrow();
    }

    private static String bundle() {
        return BUNDLE.replace("@platform@", SERVED.platform().url());
    }

    private static Answer put(String path, String token, String body) {
        return put(path, token, body, "application/json");
    }

    private static Answer put(String path, String token, String body, String type) {
        HttpRequest.Builder request = SERVED.api(path, token).header("Content-Type", type);
        if (path.startsWith("/v1/policies")) {
            request.header("If-None-Match", "*");
        } else if (path.startsWith("/v1/agents")) {
            request.header("If-Match", "*");
        }
        return SERVED.broker().send(request.PUT(BodyPublishers.ofString(body)));
    }
}
