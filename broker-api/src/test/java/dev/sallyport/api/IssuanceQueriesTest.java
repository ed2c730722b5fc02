package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An auditor's questions, over HTTP. */
class IssuanceQueriesTest {

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
              - { name: auditor, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - { name: bots, effect: allow, agents: [ { name: invoice-bot } ], targets: [ invoices ], actions: [ "*" ] }
              - { name: audit, effect: allow, agents: [ { name: auditor } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    private static final String BRANCH = "refs/heads/it=s odd, \u00fc";

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;
    static String auditor;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
        auditor = auditor();
        ask("1001", "invoices:read", "refs/heads/main");
        ask("1001", "invoices:read invoices:write", BRANCH);
        ask("1001", "invoices:delete", BRANCH);
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void attempts_are_found_by_action_reason_subject_and_claim() {
        assertThat(items("/v1/issuances?action=invoices:read&agent=invoice-bot"))
                .hasSize(2);
        assertThat(items("/v1/issuances?action=invoices:read&action=invoices:write"))
                .singleElement()
                .satisfies(item -> assertThat(item).containsEntry("outcome", "issued"));
        assertThat(items("/v1/issuances?reason=action"))
                .singleElement()
                .satisfies(item -> assertThat(item).containsEntry("actions", List.of("invoices:delete")));
        assertThat(items("/v1/issuances?claim=repository_id=1001&limit=2")).hasSize(2);
        assertThat(items("/v1/issuances?claim=ref=" + encoded(BRANCH) + "&outcome=issued"))
                .hasSize(1);
        assertThat(items("/v1/issuances?claim=ref=" + encoded(BRANCH) + "&claim=ref=refs/heads/main"))
                .isEmpty();
        assertThat(items("/v1/issuances?subject=" + encoded("repo:acme/1001") + "&agent=invoice-bot"))
                .hasSize(3);
        assertThat(items("/v1/issuances?subject=repo:acme")).isEmpty();
    }

    @Test
    void a_page_leads_on_with_the_same_claims() {
        Map<String, Object> first = get("/v1/issuances?claim=repository_id=1001&limit=2", 200);
        assertThat(items("/v1/issuances?claim=repository_id=1001&cursor=" + first.get("next")))
                .singleElement()
                .satisfies(item -> assertThat(item).containsEntry("actions", List.of("invoices:read")));
        assertThat(get("/v1/issuances?claim=repository_id=1002&cursor=" + first.get("next"), 400))
                .containsEntry("field", "cursor");
    }

    @Test
    void a_filter_that_can_not_be_is_named_with_the_reason() {
        assertThat(get("/v1/issuances?claim=repository_id", 400))
                .containsEntry("field", "claim")
                .containsEntry("reason", "must be name=value");
        assertThat(get("/v1/issuances?providerType=x", 400)).containsEntry("field", "providerType");
        assertThat(get("/v1/issuances/counts?by=minute", 400)).containsEntry("field", "by");
    }

    @Test
    void attempts_are_counted() {
        Map<String, Object> counts =
                get("/v1/issuances/counts?by=agent&by=action&by=claim:ref&claim=repository_id=1001", 200);
        assertThat(counts).containsEntry("truncated", false);
        assertThat(counts.get("items"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(4)
                .contains(Map.of("agent", "invoice-bot", "action", "invoices:write", "claim:ref", BRANCH, "count", 1L));
        assertThat(items("/v1/issuances/counts?by=day&by=outcome&agent=invoice-bot"))
                .extracting(item -> item.get("outcome"), item -> item.get("count"))
                .contains(tuple("issued", 2L));
    }

    @Test
    void a_workload_without_an_agent_is_discovered_until_it_has_one() {
        for (int i = 0; i < 12; i++) {
            assertThat(ask("1777", "invoices:read", "refs/heads/main").error()).isEqualTo("unauthorized_client");
        }
        assertThat(items("/v1/discovered?provider=ci")).singleElement().satisfies(workload -> {
            assertThat(workload)
                    .containsEntry("type", "github-actions")
                    .containsEntry("subject", "repo:acme/1777")
                    .containsEntry("count", 10L);
            assertThat(JSONObjectUtils.toJSONString(workload)).contains("\"repository_id\":\"1777\"");
        });
        assertThat(items("/v1/discovered?provider=other")).isEmpty();
        assertThat(items("/v1/discovered?to=2026-01-01T00:00:00Z")).isEmpty();
        assertThat(get("/v1/discovered?colour=blue", 400)).containsEntry("field", "colour");

        String agent =
                "{\"kind\":\"workload\",\"bindings\":[{\"provider\":\"ci\",\"match\":{\"repository_id\":\"1777\"}}]}";
        Answer bound = broker.send(broker.request("/v1/agents/new-bot")
                .header("Authorization", "Bearer " + auditor)
                .header("Content-Type", "application/json")
                .header("If-None-Match", "*")
                .PUT(BodyPublishers.ofString(agent)));
        assertThat(bound.status()).isEqualTo(201);
        assertThat(items("/v1/discovered")).isEmpty();
    }

    private static String auditor() {
        Answer answer = exchange("9000", broker.issuer() + "/v1", "audit:read directory:write", "refs/heads/main");
        return String.valueOf(answer.body().get("access_token"));
    }

    private static Answer ask(String repository, String scope, String ref) {
        return exchange(repository, RunningBroker.INVOICES, scope, ref);
    }

    private static Answer exchange(String repository, String resource, String scope, String ref) {
        Consumer<Map<String, Object>> change = claims -> {
            claims.put("sub", "repo:acme/" + repository);
            claims.put("repository_id", repository);
            claims.put("ref", ref);
        };
        return broker.post(RunningBroker.form(
                "grant_type",
                RunningBroker.JWT_BEARER,
                "assertion",
                platform.token("acme-broker", change),
                "resource",
                resource,
                "scope",
                scope));
    }

    private static List<Map<String, Object>> items(String path) {
        try {
            return List.of(JSONObjectUtils.getJSONObjectArray(get(path, 200), "items"));
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> get(String path, int status) {
        Answer answer = broker.send(broker.request(path).header("Authorization", "Bearer " + auditor));
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(status);
        return answer.body();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
