package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.admin.RefusedCalls;
import dev.sallyport.api.config.Database;
import dev.sallyport.core.Journal;
import dev.sallyport.core.Reads;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What callers of the admin API do, and try to do, stands in the log. */
class AdminCallsTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: root, kind: workload, bindings: [ { provider: ci, match: { sub: root } } ] }
              - { name: author, kind: workload, bindings: [ { provider: ci, match: { sub: author } } ] }
              - { name: flooder, kind: workload, bindings: [ { provider: ci, match: { sub: flooder } } ] }
            policies:
              - { name: admins, effect: allow, agents: [ { name: "*" } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    private static final String AGENT = "{\"kind\": \"workload\", \"owner\": \"%s\", \"bindings\":"
            + " [{\"provider\": \"ci\", \"match\": {\"sub\": \"bot\"}}]}";

    @RegisterExtension
    static final Served SERVED = Served.with(BUNDLE);

    @Test
    void what_a_caller_was_refused_is_summed_up_with_what_and_why() {
        String author = SERVED.token("sub", "author", "directory:read policy:write");
        assertThat(put("/v1/agents/new-bot", author, "If-None-Match", AGENT.formatted("x"))
                        .status())
                .isEqualTo(403);
        assertThat(put("/v1/policies/admins", author, "If-None-Match", "{\"effect\": \"maybe\"}")
                        .status())
                .isEqualTo(422);
        assertThat(send("/v1/trust-providers/ci", author, "DELETE").status()).isEqualTo(403);
        assertThat(send("/v1/policies/admins", author, "DELETE").status()).isEqualTo(428);

        assertThat(calls("author"))
                .containsExactlyInAnyOrder(
                        Map.of("route", "PUT /v1/agents/{name}", "query", "status=403&name=new-bot", "count", 1L),
                        Map.of("route", "PUT /v1/policies/{name}", "query", "status=422&name=admins", "count", 1L),
                        Map.of(
                                "route",
                                "DELETE /v1/trust-providers/{name}",
                                "query",
                                "status=403&name=ci",
                                "count",
                                1L),
                        Map.of("route", "DELETE /v1/policies/{name}", "query", "status=428&name=admins", "count", 1L));
    }

    @Test
    void a_flood_of_refused_calls_does_not_fill_the_log() {
        String flooder = SERVED.token("sub", "flooder", "audit:read");
        for (int i = 0; i < 60; i++) {
            assertThat(send("/v1/agents/bot-" + i, flooder, "DELETE").status()).isEqualTo(403);
        }

        List<Map<String, Object>> entries = entries("calls", "flooder");
        assertThat(entries).hasSizeLessThanOrEqualTo(2);
        assertThat(entries.stream().flatMap(entry -> list(entry, "calls").stream()))
                .hasSizeLessThanOrEqualTo(42)
                .extracting(call -> (Long) call.get("count"))
                .satisfies(counts -> assertThat(
                                counts.stream().mapToLong(count -> count).sum())
                        .isEqualTo(60));
    }

    @Test
    void who_reads_documents_stands_in_the_log() {
        String root = SERVED.token("sub", "root", "directory:read policy:read");
        send("/v1/agents/author", root, "GET");
        send("/v1/agents/author", root, "GET");
        send("/v1/policies", root, "GET");
        send("/v1/configuration", root, "GET");
        send("/v1/trust-providers/absent", root, "GET");
        SERVED.broker()
                .context()
                .getBean(Reads.class)
                .flushAll(SERVED.broker().context().getBean(Journal.class), "test");

        assertThat(entries("reads", "root").stream().flatMap(entry -> list(entry, "reads").stream()))
                .extracting(read -> read.get("route") + " " + read.get("query") + " " + read.get("count"))
                .contains(
                        "/v1/agents/{name} name=author 2",
                        "/v1/policies  1",
                        "/v1/configuration  1",
                        "/v1/trust-providers/{name} name=absent 1");
    }

    @Test
    void a_change_says_who_made_what_of_what() {
        String root = SERVED.token("sub", "root", "directory:read directory:write system:write");
        put("/v1/agents/changed", root, "If-None-Match", AGENT.formatted("one"));
        String before = lastChange().get("after");
        put("/v1/agents/changed", root, "If-Match", AGENT.formatted("two"));

        Map<String, String> change = lastChange();
        assertThat(change)
                .containsEntry("kind", "agent")
                .containsEntry("name", "changed")
                .containsEntry("before", before);
        assertThat(change.get("after")).isNotEqualTo(before).isEqualTo(digestOfStored("changed"));
    }

    /** As whoever may read the database finds it. */
    private static String digestOfStored(String agent) {
        try (Connection owner = SERVED.broker()
                        .context()
                        .getBean(Database.class)
                        .owner()
                        .getConnection();
                PreparedStatement select =
                        owner.prepareStatement("SELECT encode(sha256(convert_to(body, 'UTF8')), 'hex')"
                                + " FROM sallyport.document WHERE kind = 'agent' AND name = ? AND until IS NULL")) {
            select.setString(1, agent);
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getString(1);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> lastChange() {
        Map<String, Object> entry = SERVED.broker().entries().stream()
                .filter(each -> each.containsKey("changes"))
                .toList()
                .getLast();
        assertThat(entry).containsEntry("author", "root").containsKeys("token", "revision");
        Map<String, String> change = new TreeMap<>();
        list(entry, "changes").getFirst().forEach((name, value) -> change.put(name, String.valueOf(value)));
        return change;
    }

    private static List<Map<String, Object>> calls(String author) {
        return entries("calls", author).stream()
                .flatMap(entry -> list(entry, "calls").stream())
                .toList();
    }

    private static List<Map<String, Object>> entries(String member, String author) {
        SERVED.broker().context().getBean(RefusedCalls.class).flushAll();
        return SERVED.broker().entries().stream()
                .filter(entry -> entry.containsKey(member) && author.equals(entry.get("author")))
                .toList();
    }

    @SuppressWarnings("unchecked") // JSON objects
    private static List<Map<String, Object>> list(Map<String, Object> entry, String member) {
        return (List<Map<String, Object>>) Objects.requireNonNull(entry.get(member));
    }

    private static Answer send(String path, String token, String method) {
        return SERVED.broker().send(SERVED.api(path, token).method(method, BodyPublishers.noBody()));
    }

    private static Answer put(String path, String token, String condition, String body) {
        return SERVED.broker()
                .send(SERVED.api(path, token)
                        .header("Content-Type", "application/json")
                        .header(condition, "*")
                        .PUT(BodyPublishers.ofString(body)));
    }
}
