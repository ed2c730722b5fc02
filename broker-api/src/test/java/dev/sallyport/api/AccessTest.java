package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who could reach what, over HTTP. */
class AccessTest {

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
              - { name: report-bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1002" } } ] }
              - { name: platform-ci, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write", "tools/call:*" ]
            policies:
              - name: bots-read
                effect: allow
                agents: [ { name: "*-bot" } ]
                targets: [ "*" ]
                actions: [ "invoices:read", "tools/call:search_*" ]
                grant: { ttl: PT2M }
              - name: invoice-bot-writes
                effect: allow
                agents: [ { name: invoice-bot } ]
                targets: [ invoices ]
                actions: [ "invoices:write" ]
                when: 'attestation.claims.ref == "refs/heads/main"'
              - name: reports-only-from-main
                effect: deny
                agents: [ { name: report-bot } ]
                targets: [ invoices ]
                actions: [ "tools/call:*" ]
              - name: platform-administers
                effect: allow
                agents: [ { name: platform-ci } ]
                targets: [ sallyport ]
                actions: [ "*" ]
            """;

    @RegisterExtension
    static final Served SERVED = Served.with(BUNDLE)
            .admin("repository_id", "9000", "policy:read directory:read policy:write revocation:write audit:read");

    @Test
    void a_target_is_asked_who_reaches_it() {
        Answer answer = SERVED.get("/v1/access?target=invoices");

        assertThat(answer.status()).as(answer.http().body()).isEqualTo(200);
        assertThat(rows(answer))
                .containsExactly(
                        "invoice-bot invoices invoices:read always",
                        "invoice-bot invoices invoices:write conditional",
                        "invoice-bot invoices tools/call:search_* always",
                        "report-bot invoices invoices:read always");
        assertThat(Served.list(answer, "items").getFirst())
                .containsEntry("allow", List.of(Map.of("policy", "bots-read")))
                .containsEntry(
                        "constraints",
                        Map.of(
                                "ttl",
                                "PT2M",
                                "proofs",
                                List.of(),
                                "limits",
                                List.of(),
                                "policies",
                                List.of("bots-read")));
        assertThat(Served.list(answer, "items").get(1))
                .containsEntry(
                        "allow",
                        List.of(Map.of(
                                "policy",
                                "invoice-bot-writes",
                                "when",
                                "attestation.claims.ref == \"refs/heads/main\"")));
    }

    @Test
    void filters_combine_and_one_action_is_a_concrete_one() {
        assertThat(rows(SERVED.get("/v1/access?agent=invoice-bot&action=tools/call:search_x")))
                .containsExactly("invoice-bot invoices tools/call:search_x always");
        assertThat(rows(SERVED.get("/v1/access?agent=report-bot&action=tools/call:search_x")))
                .isEmpty();
        assertThat(rows(SERVED.get("/v1/access?target=sallyport&action=system:write")))
                .containsExactly("platform-ci sallyport system:write always");
        assertThat(SERVED.get("/v1/access?action=tools/*").http().body()).contains("\"field\":\"action\"");
        assertThat(SERVED.get("/v1/access?agent=nobody").http().body()).contains("no agent is named nobody");
        assertThat(SERVED.get("/v1/access?revision=999").http().body()).contains("must be the number of a revision");
    }

    @Test
    void pages_join_to_the_whole() {
        List<String> whole = rows(SERVED.get("/v1/access?limit=500"));
        List<String> joined = new ArrayList<>();
        String path = "/v1/access?limit=3";
        while (path != null) {
            Answer page = SERVED.get(path);
            joined.addAll(rows(page));
            Object next = page.body().get("next");
            path = next == null ? null : "/v1/access?limit=3&cursor=" + next;
        }
        assertThat(joined).isEqualTo(whole).hasSizeGreaterThan(10);
        Object next = SERVED.get("/v1/access?limit=3").body().get("next");
        assertThat(SERVED.get("/v1/access?limit=3&target=invoices&cursor=" + next)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_change_of_policy_is_told_as_what_is_gained_lost_and_changed() {
        Object before = SERVED.get("/v1/access?limit=1").body().get("revision");
        write(
                "/v1/policies/report-bot-writes",
                "{\"effect\":\"allow\",\"agents\":[{\"name\":\"report-bot\"}],"
                        + "\"targets\":[\"invoices\"],\"actions\":[\"invoices:write\"]}");
        Object after = SERVED.get("/v1/access?limit=1").body().get("revision");

        Answer gained = SERVED.get("/v1/access/diff?from=" + before);
        assertThat(changes(gained)).containsExactly("gained report-bot invoices:write");
        assertThat(gained.body()).containsEntry("to", after);
        assertThat(changes(SERVED.get("/v1/access/diff?from=" + after + "&to=" + before)))
                .containsExactly("lost report-bot invoices:write");
        assertThat(changes(SERVED.get("/v1/access/diff?from=" + after + "&to=" + before + "&agent=invoice-bot")))
                .isEmpty();
        assertThat(rows(SERVED.get("/v1/access?agent=report-bot&revision=" + before)))
                .containsExactly("report-bot invoices invoices:read always");
        SERVED.broker()
                .send(SERVED.api("/v1/policies/report-bot-writes")
                        .header("If-Match", "*")
                        .DELETE());
        assertThat(changes(SERVED.get("/v1/access/diff?from=" + before))).isEmpty();
    }

    @Test
    void who_is_suspended_is_marked() {
        SERVED.broker()
                .send(SERVED.api("/v1/agents/report-bot/suspend")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"reason\":\"odd\"}")));
        try {
            assertThat(Served.list(SERVED.get("/v1/access?agent=report-bot"), "items")
                            .getFirst())
                    .containsEntry("suspended", List.of("agent"));
        } finally {
            SERVED.broker()
                    .send(SERVED.api("/v1/agents/report-bot/resume")
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"reason\":\"seen\"}")));
        }
        assertThat(Served.list(SERVED.get("/v1/access?agent=report-bot"), "items")
                        .getFirst())
                .doesNotContainKey("suspended");
    }

    @Test
    void who_may_read_policies_alone_learns_nothing_of_agents() {
        String policies = SERVED.token("repository_id", "9000", "policy:read");

        assertThat(SERVED.get("/v1/access", policies).status()).isEqualTo(403);
    }

    private static void write(String path, String body) {
        Answer answer = SERVED.broker()
                .send(SERVED.api(path)
                        .header("If-None-Match", "*")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(body)));
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(201);
    }

    private static List<String> rows(Answer answer) {
        return Served.list(answer, "items").stream()
                .map(row ->
                        row.get("agent") + " " + row.get("target") + " " + row.get("action") + " " + row.get("access"))
                .toList();
    }

    private static List<String> changes(Answer answer) {
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(200);
        return Served.list(answer, "items").stream()
                .map(row -> row.get("change") + " " + row.get("agent") + " " + row.get("action"))
                .toList();
    }
}
