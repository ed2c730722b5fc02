package dev.sallyport.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.policy.Policy;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Made-up and recorded decisions, explained over HTTP. */
class ExplainTest {

    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
            agents:
              - { name: invoice-bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: platform-ci, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - name: reads-in-production
                effect: allow
                agents: [ { name: "invoice-*" } ]
                targets: [ invoices ]
                actions: [ "invoices:read" ]
                when: 'attestation.claims.repository_owner_id == "4242"'
                grant: { ttl: PT2M }
                limit: { issuances: 500, per: PT1M }
              - name: platform-administers
                effect: allow
                agents: [ { name: platform-ci } ]
                targets: [ sallyport ]
                actions: [ "*" ]
            """;

    private static final String ATTESTATION =
            "\"attestation\":{\"provider\":\"ci\",\"type\":\"github-actions\",\"claims\":{\"repository_owner_id\":\"%s\"}}";

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;
    static String admin;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
        admin = token("policy:read policy:write audit:read system:write");
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_made_up_request_is_decided_and_nothing_is_logged() {
        long before = logged();
        Answer permitted =
                simulate("{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"actions\":[\"invoices:read\"],"
                        + ATTESTATION.formatted("4242") + "}");

        assertThat(permitted.status()).as(permitted.http().body()).isEqualTo(200);
        assertThat(permitted.body())
                .containsEntry("outcome", "permit")
                .containsEntry("actions", List.of("invoices:read"))
                .containsEntry(
                        "constraints",
                        Map.of(
                                "ttl",
                                "PT2M",
                                "proofs",
                                List.of(),
                                "limits",
                                List.of(Map.of("policy", "reads-in-production", "issuances", 500L, "per", "PT1M")),
                                "policies",
                                List.of("reads-in-production")));
        assertThat(permitted.http().body()).contains("fails if ");
        assertThat(logged()).isEqualTo(before);
    }

    /** But for summaries of what was read and refused before. */
    private static long logged() {
        return broker.entries().stream()
                .filter(entry -> !entry.containsKey("reads") && !entry.containsKey("calls"))
                .count();
    }

    @Test
    void a_refusal_says_what_would_pass() {
        Answer denied = simulate("{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"actions\":[\"invoices:read\"],"
                + ATTESTATION.formatted("1") + "}");

        assertThat(denied.body()).containsEntry("outcome", "deny").containsEntry("constraints", Map.of());
        assertThat(first(denied, "counterfactual"))
                .containsEntry("policy", "reads-in-production")
                .containsEntry("text", "passes if attestation.claims.repository_owner_id == \"4242\"");
        assertThat(first(denied, "trace"))
                .containsEntry("policy", "reads-in-production")
                .containsEntry("matched", false)
                .containsEntry("part", "condition")
                .containsEntry("values", Map.of("attestation.claims.repository_owner_id", "1"));
    }

    @Test
    void candidates_decide_instead_with_context_and_posture() {
        String candidate =
                "[{\"name\":\"c\",\"effect\":\"allow\",\"agents\":[{\"kind\":\"workload\"}],\"targets\":[\"*\"],"
                        + "\"actions\":[\"*\"],\"when\":\"context.path == '/x' && posture.risk < 40.5\"}]";
        String request = "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"actions\":[\"invoices:write\"],"
                + "\"context\":{\"path\":\"/x\"},\"posture\":{\"risk\":%d},\"policies\":" + candidate + "}";

        assertThat(simulate(request.formatted(40)).body()).containsEntry("outcome", "permit");
        assertThat(simulate(request.formatted(41)).body()).containsEntry("outcome", "deny");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"target\":\"invoices\"} | agent",
                "{\"agent\":\"nobody\",\"target\":\"invoices\"} | agent",
                "{\"agent\":\"invoice-bot\",\"target\":\"nowhere\"} | target",
                "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"actions\":[\"*\"]} | actions[0]",
                "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"attestation\":{\"provider\":\"x\"}} | attestation.provider",
                "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"attestation\":{\"provider\":\"ci\",\"claims\":{\"a\":1}}}"
                        + " | attestation.claims.a",
                "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"request\":{\"time\":\"noon\"}} | request.time",
                "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"request\":{\"proof\":\"pin\"}} | request.proof",
                "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"colour\":\"red\"} | colour",
                "{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"policies\":[{\"name\":\"c\",\"effect\":\"allow\","
                        + "\"agents\":[{\"kind\":\"workload\"}],\"targets\":[\"*\"],\"actions\":[\"*\"],\"when\":\"tru\"}]}"
                        + " | policies[0].when",
            })
    void what_can_not_be_simulated_is_named(String body, String field) {
        Answer answer = simulate(body);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).containsEntry("field", field);
    }

    @Test
    void a_condition_that_does_not_compile_is_pointed_at() {
        Answer answer = broker.send(authorised("/v1/policies/misspelt", admin)
                .header("If-None-Match", "*")
                .PUT(BodyPublishers.ofString(
                        "{\"effect\":\"deny\",\"agents\":[{\"kind\":\"workload\"}],\"targets\":[\"invoices\"],"
                                + "\"actions\":[\"*\"],\"when\":\"true &&\\n  attestation.clams.ref == 'x'\"}")));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body())
                .containsEntry("field", "when")
                .containsEntry("line", 2L)
                .containsEntry("column", 14L);
        assertThat(String.valueOf(answer.body().get("detail")))
                .endsWith("\n |   attestation.clams.ref == 'x'\n | .............^");
    }

    @Test
    void the_schema_of_a_policy_takes_what_the_reader_takes() {
        Answer answer = broker.send(broker.request("/v1/schemas/policy"));
        assertThat(answer.status()).isEqualTo(200);
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(answer.http().body(), InputFormat.JSON);
        String policy = "{\"name\":\"a\",\"effect\":\"allow\",\"agents\":[{\"kind\":\"workload\"}],\"targets\":[\"*\"],"
                + "\"actions\":[\"*\"],\"when\":\"true\",\"grant\":{\"ttl\":\"PT5M\",\"proof\":\"dpop\"}}";

        for (String good : List.of(policy, policy.replace("\"kind\":\"workload\"", "\"labels\":{\"team\":\"a\"}"))) {
            assertThat(schema.validate(good, InputFormat.JSON)).isEmpty();
            assertThat(Documents.readRequest(good.getBytes(UTF_8), Format.JSON, Policy.class))
                    .isNotNull();
        }
        for (String bad : List.of(
                policy.replace("\"when\"", "\"wenn\""),
                policy.replace("[\"*\"],\"when\"", "[],\"when\""),
                policy.replace("workload", "robot"),
                policy.replace("allow", "deny"),
                policy.replace("\"name\":\"a\"", "\"name\":\"A\""))) {
            assertThat(schema.validate(bad, InputFormat.JSON)).as(bad).isNotEmpty();
            assertThatExceptionOfType(Invalid.class)
                    .as(bad)
                    .isThrownBy(() -> Documents.readRequest(bad.getBytes(UTF_8), Format.JSON, Policy.class));
        }
    }

    @Test
    void a_context_of_more_than_16_kib_is_refused() {
        Answer answer = simulate("{\"agent\":\"invoice-bot\",\"target\":\"invoices\",\"context\":{\"a\":\""
                + "x".repeat(16 * 1024) + "\"}}");
        assertThat(answer.body()).containsEntry("field", "context");
    }

    @Test
    void who_may_not_read_policies_may_not_simulate() {
        Answer answer = broker.send(authorised("/v1/policy-simulations", token("policy:write"))
                .POST(BodyPublishers.ofString("{\"agent\":\"invoice-bot\",\"target\":\"invoices\"}")));
        assertThat(answer.status()).isEqualTo(403);
    }

    @Test
    void a_recorded_decision_is_explained_by_the_policies_of_then() {
        Answer issued = broker.exchange(evidence("1001"));
        assertThat(issued.status()).as(issued.http().body()).isEqualTo(200);
        Object id = broker.attempts().getLast().get("decision_id");
        Answer refused = broker.exchange(
                evidence("1001"), "resource", "https://invoices.example/mcp", "scope", "invoices:write");
        assertThat(refused.status()).isEqualTo(400);
        Object refusal = broker.attempts().getLast().get("decision_id");
        Answer written = broker.send(
                authorised("/v1/policies/stops-everything", admin)
                        .header("If-None-Match", "*")
                        .PUT(
                                BodyPublishers.ofString(
                                        "{\"effect\":\"deny\",\"agents\":[{\"kind\":\"workload\"}],\"targets\":[\"invoices\"],\"actions\":[\"*\"]}")));
        assertThat(written.status()).as(written.http().body()).isEqualTo(201);

        Answer explained = get("/v1/issuances/" + id + "/explanation");
        assertThat(explained.status()).as(explained.http().body()).isEqualTo(200);
        assertThat(explained.body()).containsEntry("recorded", "issued").containsEntry("outcome", "permit");
        assertThat(explained.http().body()).doesNotContain("stops-everything");

        assertThat(get("/v1/issuances/" + refusal + "/explanation").body())
                .containsEntry("recorded", "refused")
                .containsEntry("outcome", "deny")
                .containsEntry("reason", "action");
        assertThat(simulate("{\"agent\":\"invoice-bot\",\"target\":\"invoices\"," + ATTESTATION.formatted("4242") + "}")
                        .http()
                        .body())
                .contains("stops-everything");
    }

    @Test
    void a_decision_that_is_not_there_or_erased_is_told() {
        assertThat(get("/v1/issuances/00000000-0000-7000-8000-000000000000/explanation")
                        .status())
                .isEqualTo(404);
        Answer other = broker.exchange(evidence("1001"), "resource", "https://nowhere.example");
        assertThat(other.status()).isEqualTo(400);
        Map<String, Object> attempt = broker.attempts().getLast();
        assertThat(get("/v1/issuances/" + attempt.get("decision_id") + "/explanation")
                        .body())
                .containsEntry("reason", "target")
                .doesNotContainKey("trace");
        assertThat(get("/v1/issuances/" + attempt.get("decision_id") + "/explanation", token("audit:read"))
                        .status())
                .isEqualTo(403);
        String jti = erasedToken();
        assertThat(get("/v1/issuances/" + jti + "/explanation").body())
                .containsEntry("erased", true)
                .doesNotContainKey("outcome");
    }

    /** The admin's own second token, whose entry is erased. */
    private static String erasedToken() {
        token("audit:read");
        Map<?, ?> leaf =
                (Map<?, ?>) Objects.requireNonNull(broker.attempts().getLast().get("leaf"));
        String jti = String.valueOf(leaf.get("jti"));
        Answer erased = broker.send(authorised("/v1/erasures", admin)
                .POST(BodyPublishers.ofString("{\"entries\":[{\"jti\":\"" + jti + "\"}],\"reason\":\"Request 8\"}")));
        assertThat(erased.status()).as(erased.http().body()).isEqualTo(200);
        return jti;
    }

    private static Answer simulate(String body) {
        return broker.send(authorised("/v1/policy-simulations", admin).POST(BodyPublishers.ofString(body)));
    }

    private static Answer get(String path) {
        return get(path, admin);
    }

    private static Answer get(String path, String token) {
        return broker.send(authorised(path, token).GET());
    }

    private static HttpRequest.Builder authorised(String path, String token) {
        return broker.request(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> first(Answer answer, String list) {
        return ((List<Map<String, Object>>) answer.body().getOrDefault(list, List.of())).getFirst();
    }

    private static String evidence(String repository) {
        return platform.token("acme-broker", claims -> claims.put("repository_id", repository));
    }

    private static String token(String scopes) {
        Answer answer = broker.exchange(evidence("9000"), "resource", broker.issuer() + "/v1", "scope", scopes);
        return String.valueOf(answer.body().get("access_token"));
    }
}
