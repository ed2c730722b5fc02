package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What nobody uses, and the policies without that, applied. */
class UnusedAccessTest {

    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
            agents:
              - { name: invoice-bot, kind: workload, labels: { team: billing }, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: report-bot, kind: workload, labels: { team: billing }, bindings: [ { provider: ci, match: { repository_id: "1002" } } ] }
              - { name: idle-bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1003" } } ] }
              - { name: platform-ci, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write", "tools/call:*" ]
                defaultActions: [ "invoices:read" ]
              - name: reports
                resource: https://reports.example
                kind: api
                actions: [ "reports:run", "reports:delete" ]
              - name: archive
                resource: https://archive.example
                kind: api
                actions: [ "archive:read" ]
            policies:
              - name: bots-do-anything
                effect: allow
                agents: [ { name: "*-bot" } ]
                targets: [ "*" ]
                actions: [ "*" ]
                when: 'attestation.claims.ref == "refs/heads/main"'
                grant: { ttl: PT2M }
              - name: billing-reads
                effect: allow
                agents: [ { labels: { team: billing } } ]
                targets: [ invoices ]
                actions: [ "invoices:read" ]
              - name: idle-reads
                effect: allow
                agents: [ { name: idle-bot } ]
                targets: [ archive ]
                actions: [ "archive:read" ]
              - name: nobody-deletes
                effect: deny
                agents: [ { name: "*" } ]
                targets: [ "*" ]
                actions: [ "*:delete" ]
              - name: nobody-drops
                effect: deny
                agents: [ { name: "*" } ]
                targets: [ "*" ]
                actions: [ "*:drop" ]
              - name: platform-administers
                effect: allow
                agents: [ { name: platform-ci } ]
                targets: [ sallyport ]
                actions: [ "*" ]
            """;

    private static final String INVOICES = "https://invoices.example/mcp";
    private static final String REPORTS = "https://reports.example";

    @RegisterExtension
    static final Served SERVED =
            Served.with(BUNDLE).admin("repository_id", "9000", "policy:read policy:write audit:read");

    /** Whose repository, where, and what. */
    private record Wanted(String repository, String resource, String scope) {}

    private static final List<Wanted> USED = List.of(
            new Wanted("1001", INVOICES, "invoices:read"),
            new Wanted("1002", INVOICES, ""),
            new Wanted("1001", INVOICES, "tools/call:search_x invoices:read"),
            new Wanted("1002", REPORTS, "reports:run"));

    private static final List<Wanted> UNUSED = List.of(
            new Wanted("1001", INVOICES, "invoices:write"),
            new Wanted("1001", INVOICES, "tools/call:search_y"),
            new Wanted("1001", "https://archive.example", "archive:read"),
            new Wanted("1003", "https://archive.example", "archive:read"));

    @Test
    void policies_tightened_and_applied_give_all_that_was_used_and_nothing_else() {
        USED.forEach(
                wanted -> assertThat(exchange(wanted)).as(wanted.toString()).isEqualTo(200));
        assertThat(exchange("1002", REPORTS, "reports:delete").status()).isEqualTo(400);

        assertThat(reasons(SERVED.get("/v1/access/unused?days=1")))
                .as("all are younger than a day")
                .containsEntry("bots-do-anything", "young")
                .containsEntry("idle-reads", "young");
        Answer unused = SERVED.get("/v1/access/unused?days=1&young=true");

        assertThat(object(unused.body(), "scanned"))
                .containsEntry("complete", true)
                .containsEntry("unreadable", 0L);
        assertThat(object(unused.body(), "replay"))
                .containsEntry("newlyDenied", 0L)
                .containsEntry("already", 0L)
                .containsEntry("gone", 0L)
                .containsEntry("complete", true);
        assertThat(reasons(unused))
                .isEqualTo(Map.of(
                        "bots-do-anything", "tighten",
                        "billing-reads", "used",
                        "idle-reads", "remove",
                        "nobody-drops", "deny",
                        "platform-administers", "built-in"));
        Map<String, Object> bots = item(unused, "bots-do-anything");
        assertThat(bots).containsEntry("used", 4L).containsKey("lastUsed").containsEntry("young", true);
        Map<String, Object> tightened = object(bots, "tightened");
        assertThat(tightened)
                .containsEntry("agents", List.of(named("invoice-bot"), named("report-bot")))
                .containsEntry("targets", List.of("invoices", "reports"))
                .containsEntry("actions", List.of("invoices:read", "reports:run", "tools/call:search_x"))
                .containsEntry("when", "attestation.claims.ref == \"refs/heads/main\"")
                .containsEntry("grant", Map.of("ttl", "PT2M"));
        assertThat(object(unused.body(), "changes"))
                .isEqualTo(Map.of("put", List.of(tightened), "remove", List.of("idle-reads")));

        apply(unused);

        USED.forEach(
                wanted -> assertThat(exchange(wanted)).as(wanted.toString()).isEqualTo(200));
        UNUSED.forEach(
                wanted -> assertThat(exchange(wanted)).as(wanted.toString()).isEqualTo(400));
        Answer again = SERVED.get("/v1/access/unused?days=1&young=true");
        assertThat(object(again.body(), "replay"))
                .containsEntry("newlyDenied", 0L)
                .containsEntry("complete", true);
        assertThat(reasons(again)).doesNotContainValue("tighten").doesNotContainValue("remove");
        await().untilAsserted(() -> assertThat(SERVED.broker().entries())
                .anyMatch(entry -> String.valueOf(entry.get("reads")).contains("/v1/access/unused")));
    }

    @Test
    void pages_join_and_parameters_are_checked() {
        List<String> names = new ArrayList<>();
        String path = "/v1/access/unused?limit=2";
        while (path != null) {
            Answer page = SERVED.get(path);
            Served.list(page, "items").forEach(item -> names.add(String.valueOf(item.get("policy"))));
            Object next = page.body().get("next");
            path = next == null ? null : "/v1/access/unused?limit=2&cursor=" + next;
        }
        assertThat(names)
                .isEqualTo(List.copyOf(reasons(SERVED.get("/v1/access/unused")).keySet()))
                .contains("bots-do-anything", "nobody-drops");
        assertThat(SERVED.get("/v1/access/unused?days=0").http().body()).contains("a number from 1 to 366");
        assertThat(SERVED.get("/v1/access/unused?days=367").status()).isEqualTo(400);
        String policies = SERVED.token("repository_id", "9000", "policy:read");
        assertThat(SERVED.get("/v1/access/unused", policies).status()).isEqualTo(403);
    }

    private static void apply(Answer unused) {
        for (Map<String, Object> item : Served.list(unused, "items")) {
            HttpRequest.Builder request = SERVED.api("/v1/policies/" + item.get("policy"))
                    .header("If-Match", String.valueOf(item.get("etag")));
            if ("tighten".equals(item.get("proposal"))) {
                String body = JSONObjectUtils.toJSONString(object(item, "tightened"));
                Answer put = SERVED.broker()
                        .send(request.header("Content-Type", "application/json").PUT(BodyPublishers.ofString(body)));
                assertThat(put.status()).as(put.http().body()).isEqualTo(200);
            } else if ("remove".equals(item.get("proposal"))) {
                assertThat(SERVED.broker().send(request.DELETE()).status()).isEqualTo(204);
            }
        }
    }

    private static int exchange(Wanted wanted) {
        return exchange(wanted.repository(), wanted.resource(), wanted.scope()).status();
    }

    private static Answer exchange(String repository, String resource, String scope) {
        String evidence = SERVED.evidence("repository_id", repository);
        return scope.isEmpty()
                ? SERVED.broker().exchange(evidence, "resource", resource)
                : SERVED.broker().exchange(evidence, "resource", resource, "scope", scope);
    }

    private static Map<String, Object> named(String name) {
        return Map.of("name", name, "labels", Map.of());
    }

    private static Map<String, Object> item(Answer answer, String policy) {
        return Served.list(answer, "items").stream()
                .filter(item -> policy.equals(item.get("policy")))
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> of, String name) {
        return (Map<String, Object>) Objects.requireNonNull(of.get(name));
    }

    /** What is proposed for each policy, or why nothing is. */
    private static Map<String, Object> reasons(Answer answer) {
        Map<String, Object> reasons = new TreeMap<>();
        Served.list(answer, "items")
                .forEach(item -> reasons.put(
                        String.valueOf(item.get("policy")),
                        String.valueOf(item.containsKey("reason") ? item.get("reason") : item.get("proposal"))));
        return reasons;
    }
}
