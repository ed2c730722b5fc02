package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others say of an agent decides about its tokens. */
class PostureTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: edr, kind: workload, bindings: [ { provider: ci, match: { repository_id: "2001" } } ] }
              - { name: scanner, kind: workload, bindings: [ { provider: ci, match: { repository_id: "2002" } } ] }
              - { name: reader, kind: workload, bindings: [ { provider: ci, match: { repository_id: "2003" } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example", kind: api, actions: [ read ], defaultActions: [ read ] }
            policies:
              - name: bots-with-low-risk
                effect: allow
                agents: [ { name: bot } ]
                targets: [ invoices ]
                actions: [ read ]
                when: posture.risk < 40
              - name: edr
                effect: allow
                agents: [ { name: edr } ]
                targets: [ sallyport ]
                actions: [ "posture:write", introspect ]
              - name: scanner-knows-of-patches
                effect: allow
                agents: [ { name: scanner } ]
                targets: [ sallyport ]
                actions: [ "posture:write:patched" ]
              - { name: reader, effect: allow, agents: [ { name: reader } ], targets: [ sallyport ], actions: [ "audit:read" ] }
            """;

    private static final String EDR = "2001";
    private static final String SCANNER = "2002";

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE, List.of());
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_fact_decides_about_new_tokens_and_about_those_that_are_out() {
        assertThat(say(EDR, "{\"risk\": 90}", "PT1M").status()).isEqualTo(200);
        assertThat(ask().error()).isEqualTo("invalid_target");

        assertThat(say(EDR, "{\"risk\": 10}", "PT1M").status()).isEqualTo(200);
        Answer issued = ask();
        assertThat(issued.status()).isEqualTo(200);
        String token = String.valueOf(issued.body().get("access_token"));
        assertThat(active(token)).isTrue();

        assertThat(say(EDR, "{\"risk\": 40.5}", "PT1M").status()).isEqualTo(200);
        assertThat(active(token)).isFalse();
        assertThat(ask().error()).isEqualTo("invalid_target");
    }

    @Test
    void a_fact_that_has_expired_refuses_until_it_is_said_again() {
        assertThat(say(EDR, "{\"risk\": 10}", "PT1S").status()).isEqualTo(200);
        assertThat(ask().status()).isEqualTo(200);
        await().until(() -> ask().status() != 200);
        assertThat(ask().error()).isEqualTo("invalid_target");

        assertThat(say(EDR, "{\"risk\": 10}", "PT1M").status()).isEqualTo(200);
        assertThat(ask().status()).isEqualTo(200);
    }

    @Test
    void the_answer_shows_who_says_what_and_the_log_that_it_was_said() {
        assertThat(say(EDR, "{\"os\": \"linux\"}", "PT1M").status()).isEqualTo(200);
        Answer answer = say(SCANNER, "{\"patched\": true}", "PT1M");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(String.valueOf(answer.body().get("facts")))
                .contains("scanner")
                .doesNotContain("edr");
        assertThat(String.valueOf(say(EDR, "{\"os\": \"linux\"}", "PT1M").body().get("facts")))
                .contains("edr", "scanner");
        assertThat(answer.body()).containsEntry("agent", "bot");
        assertThat((List<?>) answer.body().get("facts"))
                .anySatisfy(fact -> assertThat((Map<?, ?>) fact)
                        .extracting("attribute", "value", "writer", "expired")
                        .containsExactly("patched", true, "scanner", false));
        assertThat(broker.entries())
                .anySatisfy(entry -> assertThat(entry)
                        .containsEntry("author", "scanner")
                        .containsEntry("agent", "bot")
                        .containsEntry("attributes", Map.of("patched", true)));
    }

    @Test
    void the_log_holds_what_a_decision_knew() {
        assertThat(say(EDR, "{\"risk\": 11}", "PT1M").status()).isEqualTo(200);
        assertThat(ask().status()).isEqualTo(200);

        assertThat(broker.entries())
                .filteredOn(entry -> entry.containsKey("decision_id"))
                .anySatisfy(
                        entry -> assertThat(String.valueOf(entry.get("input"))).contains("risk=11"));
    }

    @Test
    void a_writer_speaks_of_the_attributes_that_it_may_speak_of() {
        assertThat(say(SCANNER, "{\"risk\": 0}", "PT1M").status()).isEqualTo(403);
        assertThat(say(SCANNER, "{\"patched\": true, \"risk\": 0}", "PT1M").status())
                .isEqualTo(403);
        assertThat(send("2003", "audit:read", "{\"attributes\": {\"risk\": 0}, \"ttl\": \"PT1M\"}")
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"ttl": "PT1M"}                                        | attributes
                    {"attributes": {}, "ttl": "PT1M"}                      | attributes
                    {"attributes": {"a b": 1}, "ttl": "PT1M"}              | attributes
                    {"attributes": {"risk": 1}}                            | ttl
                    {"attributes": {"risk": 1}, "ttl": "soon"}             | ttl
                    {"attributes": {"risk": 1}, "ttl": "PT0S"}             | ttl
                    {"attributes": {"risk": 1}, "ttl": "P31D"}             | ttl
                    {"attributes": {"risk": 1e300}, "ttl": "PT1M"}         | attributes.risk
                    {"attributes": {"risk": {"a": 1}}, "ttl": "PT1M"}      | attributes.risk
                    {"attributes": {"risk": "\\u0000"}, "ttl": "PT1M"}      | attributes.risk
                    {"attributes": {"risk": 1}, "ttl": "PT1M", "for": 1}   | for
                    """)
    void what_is_wrong_is_refused_by_the_name_of_its_field(String body, String field) {
        Answer answer = send(EDR, "posture:write", body);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).containsEntry("field", field);
    }

    @Test
    void an_agent_that_is_not_there_has_no_posture() {
        Answer answer = broker.send(broker.request("/v1/posture/nobody")
                .header("Authorization", "Bearer " + token(EDR, "posture:write"))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"attributes\": {\"risk\": 1}, \"ttl\": \"PT1M\"}")));

        assertThat(answer.status()).isEqualTo(404);
    }

    @Test
    void one_writer_has_a_bounded_number_of_attributes() {
        for (int i = 0; i < 2; i++) {
            assertThat(many(i * 32, 32).status()).isEqualTo(200);
        }
        Answer tooMany = many(64, 1);
        assertThat(tooMany.status()).isEqualTo(422);
        assertThat(tooMany.body()).containsEntry("field", "attributes");
        assertThat(many(0, 33).body()).containsEntry("field", "attributes");
    }

    private static Answer many(int first, int count) {
        StringBuilder attributes = new StringBuilder("{");
        for (int i = first; i < first + count; i++) {
            attributes
                    .append(i == first ? "" : ", ")
                    .append("\"a")
                    .append(i)
                    .append("\": ")
                    .append(i);
        }
        return broker.send(broker.request("/v1/posture/reader")
                .header("Authorization", "Bearer " + token(EDR, "posture:write"))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"attributes\": " + attributes + "}, \"ttl\": \"PT1M\"}")));
    }

    private static Answer say(String writer, String attributes, String ttl) {
        String scope = writer.equals(SCANNER) ? "posture:write:patched" : "posture:write";
        return send(writer, scope, "{\"attributes\": " + attributes + ", \"ttl\": \"" + ttl + "\"}");
    }

    private static Answer send(String writer, String scope, String body) {
        return broker.send(broker.request("/v1/posture/bot")
                .header("Authorization", "Bearer " + token(writer, scope))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body)));
    }

    private static Answer ask() {
        return broker.exchange(evidence("1001"), "resource", "https://invoices.example");
    }

    private static boolean active(String token) {
        Answer answer = broker.send(broker.request("/oauth2/introspect")
                .header("Authorization", "Bearer " + token(EDR, "introspect"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + token)));
        assertThat(answer.status()).isEqualTo(200);
        return Boolean.TRUE.equals(answer.body().get("active"));
    }

    private static String token(String repository, String scope) {
        Answer answer = broker.exchange(evidence(repository), "resource", broker.issuer() + "/v1", "scope", scope);
        assertThat(answer.status()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static String evidence(String repository) {
        return platform.token(broker.issuer(), claims -> claims.put("repository_id", repository));
    }
}
