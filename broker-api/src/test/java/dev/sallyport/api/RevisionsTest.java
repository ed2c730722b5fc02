package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Earlier revisions, over HTTP: what they were, what came between them, and the way back. */
class RevisionsTest {

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
              - { name: author-ci, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9001" } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ "invoices:read" ] }
            policies:
              - name: platform-administers
                effect: allow
                agents: [ { name: platform-ci } ]
                targets: [ sallyport ]
                actions: [ "*" ]
              - name: authors-write
                effect: allow
                agents: [ { name: author-ci } ]
                targets: [ sallyport ]
                actions: [ "policy:write", "directory:read", "policy:read" ]
            """;

    private static final String EVERYTHING =
            "directory:read directory:write policy:read policy:write system:write revocation:write audit:read";

    private static final String POLICY = """
            {"effect": "allow", "agents": [{"name": "invoice-bot"}], "targets": ["invoices"], "actions": ["invoices:read"]}
            """;

    private static final String AGENT = """
            {"kind": "workload", "bindings": [{"provider": "ci", "match": {"repository_id": "7"}}]}
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    String admin;
    long first;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @BeforeEach
    void begin() {
        admin = token("9000", EVERYTHING);
        HttpRequest.Builder request = broker.request("/v1/configuration").header("Content-Type", "application/yaml");
        assertThat(send(request, admin, "PUT", BUNDLE.replace("@platform@", platform.url()))
                        .status())
                .isEqualTo(200);
        first = newest();
    }

    @Test
    void revisions_are_listed_newest_first_by_pages() {
        create("/v1/policies/one", POLICY);
        create("/v1/policies/two", POLICY);

        Answer page = get("/v1/revisions?limit=2");
        assertThat(items(page)).extracting(each -> each.get("number")).containsExactly(first + 2, first + 1);
        assertThat(items(page))
                .allSatisfy(each ->
                        assertThat(each).containsEntry("author", "platform-ci").containsKey("created"));
        Answer next = get("/v1/revisions?limit=500&cursor=" + page.body().get("next"));
        assertThat(items(next))
                .extracting(each -> each.get("number"))
                .startsWith(first)
                .endsWith(1L);
        assertThat(items(next).getLast()).containsEntry("author", "bootstrap");
        assertThat(next.body()).doesNotContainKey("next");
        assertThat(get("/v1/agents?cursor=" + page.body().get("next")).status()).isEqualTo(400);
    }

    @Test
    void a_revision_shows_the_configuration_as_it_was() {
        Object before = get("/v1/configuration").body();
        create("/v1/policies/one", POLICY);

        Answer answer = get("/v1/revisions/" + first);
        assertThat(answer.body()).containsEntry("number", first).containsEntry("configuration", before);
        assertThat(get("/v1/revisions/" + newest()).body())
                .containsEntry("configuration", get("/v1/configuration").body());
    }

    @Test
    void a_difference_is_told_in_either_direction() {
        create("/v1/policies/one", POLICY);
        create("/v1/agents/new", AGENT);
        assertThat(put("/v1/policies/one", "If-Match", "*", POLICY.replace("invoice-bot", "new"))
                        .status())
                .isEqualTo(200);

        Answer forth = get("/v1/revisions/" + first + "/diff?to=" + (first + 2));
        assertThat(forth.body()).containsEntry("from", first).containsEntry("to", first + 2);
        assertThat(changes(forth)).containsExactly("added agent new", "added policy one");
        assertThat(changes(get("/v1/revisions/" + (first + 2) + "/diff?to=" + first)))
                .containsExactly("removed agent new", "removed policy one");
        Answer last = get("/v1/revisions/" + (first + 2) + "/diff");
        assertThat(changes(last)).as("to the newest").containsExactly("changed policy one");
        assertThat(String.valueOf(last.body().get("changes"))).contains("before=", "after=");
    }

    @Test
    void a_rollback_is_a_revision_of_its_own_and_an_entry_in_the_log() {
        Object before = get("/v1/configuration").body();
        create("/v1/policies/one", POLICY);
        create("/v1/agents/new", AGENT);

        Answer dry = rollBack(first + "/rollback?dryRun=true", admin, null);
        assertThat(dry.body()).containsEntry("dryRun", true).containsEntry("revision", first + 2);
        assertThat(newest()).isEqualTo(first + 2);

        Answer answer = rollBack(first + "/rollback", admin, null);
        assertThat(answer.body()).containsEntry("dryRun", false).containsEntry("revision", first + 3);
        assertThat(changes(answer)).containsExactly("removed agent new", "removed policy one");
        assertThat(changes(answer)).isEqualTo(changes(dry));
        assertThat(get("/v1/configuration").body()).isEqualTo(before);
        assertThat(changes(get("/v1/revisions/" + first + "/diff"))).isEmpty();
        assertThat(broker.entries().stream()
                        .filter(entry -> entry.containsKey("changes"))
                        .toList()
                        .getLast())
                .containsEntry("author", "platform-ci")
                .containsEntry("revision", first + 3);
        assertThat(get("/v1/revisions/" + (first + 2)).http().body())
                .as("what was rolled back is still there")
                .contains("\"one\"");
    }

    @Test
    void a_rollback_to_what_is_in_force_makes_no_revision() {
        Answer answer = rollBack(first + "/rollback", admin, "\"" + first + "\"");

        assertThat(answer.body()).containsEntry("revision", first).containsEntry("changes", List.of());
        assertThat(newest()).isEqualTo(first);
    }

    @Test
    void a_rollback_that_was_meant_for_another_revision_is_refused() {
        create("/v1/policies/one", POLICY);

        assertThat(rollBack(first + "/rollback", admin, "\"" + first + "\"").status())
                .isEqualTo(412);
        assertThat(newest()).isEqualTo(first + 1);
        assertThat(rollBack(first + "/rollback", admin, "\"" + (first + 1) + "\"")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_rollback_needs_the_scopes_of_what_it_changes() {
        String author = token("9001", "policy:write directory:read policy:read");
        create("/v1/policies/one", POLICY);
        create("/v1/agents/new", AGENT);
        long both = newest();

        Answer refused = rollBack(first + "/rollback", author, null);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.http().headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("directory:write");
        assertThat(rollBack(first + "/rollback?dryRun=true", author, null).status())
                .isEqualTo(403);
        assertThat(newest()).isEqualTo(both);

        create("/v1/policies/two", POLICY);
        assertThat(rollBack(both + "/rollback", author, null).status()).isEqualTo(200);
    }

    @Test
    void a_policy_author_cannot_roll_back_what_made_him_less() {
        String author = token("9001", "policy:write");
        String less = BUNDLE.replace("\"policy:write\", \"directory:read\"", "\"policy:write\"");
        HttpRequest.Builder request = broker.request("/v1/configuration").header("Content-Type", "application/yaml");
        assertThat(send(request, admin, "PUT", less.replace("@platform@", platform.url()))
                        .status())
                .isEqualTo(200);

        assertThat(rollBack(first + "/rollback", author, null).status()).isEqualTo(403);
    }

    @Test
    void what_is_suspended_stays_so_through_a_rollback() {
        create("/v1/policies/one", POLICY);
        create("/v1/agents/new", AGENT);
        assertThat(send(broker.request("/v1/agents/new/suspend"), admin, "POST", "{\"reason\": \"odd\"}")
                        .status())
                .isEqualTo(200);
        long both = newest();

        assertThat(rollBack(first + "/rollback", admin, null).status()).isEqualTo(200);
        assertThat(rollBack(both + "/rollback", admin, null).status()).isEqualTo(200);

        assertThat(get("/v1/agents/new").body()).containsEntry("status", "suspended");
        assertThat(send(broker.request("/v1/agents/new/resume"), admin, "POST", "{}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "01", "-1", "x", "1e3", "999999", "99999999999999999999"})
    void a_revision_that_never_was_is_not_found(String number) {
        assertThat(get("/v1/revisions/" + number).status()).isEqualTo(404);
        assertThat(get("/v1/revisions/" + number + "/diff?to=1").status()).isEqualTo(404);
        assertThat(rollBack(number + "/rollback", admin, null).status()).isEqualTo(404);
        Answer to = get("/v1/revisions/1/diff?to=" + number);
        assertThat(to.status()).isEqualTo(400);
        assertThat(to.body()).containsEntry("field", "to");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /v1/revisions,            directory:read",
        "GET,  /v1/revisions,            policy:read",
        "GET,  /v1/revisions/1,          directory:read",
        "GET,  /v1/revisions/1,          policy:read",
        "GET,  /v1/revisions/1/diff,     policy:read",
        "POST, /v1/revisions/1/rollback, policy:read"
    })
    void a_token_without_the_scopes_is_refused(String method, String path, String scope) {
        assertThat(send(broker.request(path), token("9000", scope), method, "").status())
                .isEqualTo(403);
    }

    private long newest() {
        String tag =
                get("/v1/configuration").http().headers().firstValue("ETag").orElseThrow();
        return Long.parseLong(tag.replace("\"", ""));
    }

    private List<String> changes(Answer answer) {
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(200);
        return listed(answer, "changes").stream()
                .map(each -> each.get("change") + " " + each.get("kind") + " " + each.get("name"))
                .toList();
    }

    private List<Map<String, Object>> items(Answer answer) {
        return listed(answer, "items");
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> listed(Answer answer, String field) {
        return (List<Map<String, Object>>) Objects.requireNonNull(answer.body().get(field));
    }

    private void create(String path, String body) {
        assertThat(put(path, "If-None-Match", "*", body).status()).isEqualTo(201);
    }

    private Answer put(String path, String header, String tag, String body) {
        return send(broker.request(path).header(header, tag), admin, "PUT", body);
    }

    private Answer rollBack(String path, String token, @Nullable String match) {
        HttpRequest.Builder request = broker.request("/v1/revisions/" + path);
        return send(match == null ? request : request.header("If-Match", match), token, "POST", "");
    }

    private Answer get(String path) {
        return send(broker.request(path), admin, "GET", "");
    }

    private static Answer send(HttpRequest.Builder request, String token, String method, String body) {
        if (request.copy().build().headers().firstValue("Content-Type").isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return broker.send(
                request.header("Authorization", "Bearer " + token).method(method, BodyPublishers.ofString(body)));
    }

    private static String token(String repository, String scope) {
        String evidence = platform.token("acme-broker", claims -> claims.put("repository_id", repository));
        Answer answer = broker.exchange(evidence, "resource", broker.issuer() + "/v1", "scope", scope);
        assertThat(answer.status()).as(answer.description()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }
}
