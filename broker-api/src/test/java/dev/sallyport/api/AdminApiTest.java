package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.verify.VerifyCommand;
import dev.sallyport.store.Author;
import dev.sallyport.store.PostgresStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The admin API, used over HTTP by a CI job whose bundle makes it the admin. */
class AdminApiTest {

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
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - name: bots-read-invoices
                effect: allow
                agents: [ { name: "invoice-*" } ]
                targets: [ invoices ]
                actions: [ "invoices:read" ]
              - name: platform-administers
                effect: allow
                agents: [ { name: platform-ci } ]
                targets: [ sallyport ]
                actions: [ "*" ]
              - name: authors-write
                effect: allow
                agents: [ { name: author-ci } ]
                targets: [ sallyport ]
                actions: [ "directory:write", "policy:write", "directory:read", "policy:read", "audit:read" ]
            """;

    private static final String EVERYTHING =
            "directory:read directory:write policy:read policy:write system:write revocation:write audit:read";
    private static final String AUTHORS = "directory:read directory:write policy:read policy:write";

    private static final String WRITE_POLICY = """
            {"effect": "allow", "agents": [{"name": "invoice-bot"}], "targets": ["invoices"], "actions": ["invoices:write"]}
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    String admin;

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

    /** Everything as the bundle has it, as GitOps would see to it. */
    @BeforeEach
    void begin() {
        PostgresStore store = broker.context().getBean(PostgresStore.class);
        Author operator = new Author("operator", null);
        store.load().suspensions().forEach(each -> store.changes().resume(each.kind(), each.name(), null, operator));
        broker.context().getBean(LiveState.class).fresh();
        admin = token("9000", EVERYTHING);
        HttpRequest.Builder request = broker.request("/v1/configuration").header("Content-Type", "application/yaml");
        assertThat(send(request, admin, "PUT", BUNDLE.replace("@platform@", platform.url()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void the_admins_ci_token_changes_policy_and_the_next_request_is_decided_by_it() {
        assertThat(write().error()).isEqualTo("invalid_scope");

        Answer created = put("/v1/policies/bots-write-invoices", admin, "*", null, WRITE_POLICY);
        assertThat(created.status()).isEqualTo(201);
        String tag = created.http().headers().firstValue("ETag").orElseThrow();
        assertThat(created.http().headers().firstValue("Location")).contains("/v1/policies/bots-write-invoices");
        assertThat(write().status()).isEqualTo(200);

        assertThat(delete("/v1/policies/bots-write-invoices", admin, tag).status())
                .isEqualTo(204);
        assertThat(write().error()).isEqualTo("invalid_scope");
        long last = Long.parseLong(etag("/v1/configuration").replace("\"", ""));
        assertThat(history("?agent=invoice-bot&target=invoices&limit=3"))
                .extracting(each -> each.get("outcome"), each -> each.get("policyRevision"))
                .containsExactly(tuple("refused", last), tuple("issued", last - 1), tuple("refused", last - 2));
    }

    @Test
    void a_targets_owner_gets_the_metadata_to_show() {
        Answer answer = get("/v1/targets/invoices/protected-resource", admin);

        assertThat(answer.http().headers().firstValue("Content-Location"))
                .contains("https://invoices.example/.well-known/oauth-protected-resource/mcp");
        assertThat(answer.body())
                .containsEntry("resource", RunningBroker.INVOICES)
                .containsEntry("authorization_servers", List.of(broker.issuer()));
        assertThat(get("/v1/targets/elsewhere/protected-resource", admin).status())
                .isEqualTo(404);
    }

    @Test
    void one_entry_of_the_history_is_found_by_decision_and_by_token() {
        assertThat(read().status()).isEqualTo(200);
        Map<String, Object> issued = history("?agent=invoice-bot").getFirst();

        Answer byToken = get("/v1/issuances/" + issued.get("jti"), admin);
        Answer byDecision = get("/v1/issuances/" + issued.get("decisionId"), admin);

        assertThat(byToken.body()).isEqualTo(byDecision.body()).containsEntry("agent", "invoice-bot");
        assertThat(get("/v1/issuances/" + "00000000-0000-7000-8000-000000000000", admin)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void an_export_of_the_log_holds_and_shows_what_the_list_of_events_shows() throws IOException {
        assertThat(read().status()).isEqualTo(200);
        Answer events = get("/v1/events?limit=1&raw=true&type=issuance", admin);
        Map<?, ?> newest =
                (Map<?, ?>) ((List<?>) Objects.requireNonNull(events.body().get("items"))).getFirst();
        assertThat(newest.get("outcome")).isEqualTo("issued");
        assertThat(String.valueOf(newest.get("detail"))).contains("invoice-bot");
        assertThat(get("/v1/events?type=configuration&limit=1", admin).http().body())
                .contains("\"type\":\"configuration\"", "\"next\":");

        Answer export = get("/v1/events/export", admin);
        String size = export.http().headers().firstValue("Sallyport-Log-Size").orElseThrow();
        assertThat(export.http().body())
                .hasLineCount(Integer.parseInt(size) + 1)
                .contains((String) newest.get("leaf"));

        Path file = Files.writeString(
                directory.resolve("export.ndjson"), export.http().body());
        StringWriter said = new StringWriter();
        CommandLine verify = new CommandLine(new VerifyCommand()).setOut(new PrintWriter(said));
        String key = get("/log/key", admin).http().body().strip();
        assertThat(verify.execute(file.toString(), "--key", key)).isZero();
        assertThat(said.toString())
                .startsWith("ok: " + size + " entries hold; root ")
                .contains("checkpoint of " + size + " entries fits and is signed by");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/agents,                       audit:read",
        "GET,    /v1/agents/invoice-bot,           policy:read",
        "GET,    /v1/policies,                     directory:read",
        "GET,    /v1/configuration,                directory:read",
        "GET,    /v1/issuances,                    directory:read",
        "GET,    /v1/events,                       policy:read",
        "GET,    /v1/events/export,                policy:read",
        "PUT,    /v1/policies/x,                   directory:write",
        "PUT,    /v1/agents/x,                     policy:write",
        "PUT,    /v1/targets/x,                    policy:write",
        "PUT,    /v1/trust-providers/x,            directory:write",
        "PUT,    /v1/configuration,                audit:read",
        "DELETE, /v1/trust-providers/ci,           directory:write",
        "DELETE, /v1/targets/invoices,             policy:write",
        "POST,   /v1/agents/invoice-bot/suspend,   policy:write"
    })
    void a_token_without_the_scope_is_refused_and_told_which(String method, String path, String scope) {
        Answer answer = send(broker.request(path), token("9000", scope), method, "{}");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.http().headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("error=\"insufficient_scope\"", "scope=\"", "resource_metadata=\"");
    }

    @Test
    void nothing_but_a_token_of_our_own_for_this_api_lets_anyone_in() {
        String invoiceToken = String.valueOf(read().body().get("access_token"));
        String evidence = evidence("9000");

        for (String wrong :
                List.of(invoiceToken, evidence, admin + "x", admin.substring(0, admin.length() - 4), "", "a.b.c")) {
            Answer answer = get("/v1/agents", wrong);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.http().headers().firstValue("WWW-Authenticate").orElseThrow())
                    .contains("error=\"invalid_token\"", "resource_metadata=\"" + broker.issuer());
        }
        assertThat(broker.send(broker.request("/v1/agents?access_token=" + admin))
                        .status())
                .isEqualTo(401);
        assertThat(broker.send(broker.request("/v1/agents").header("Authorization", "Basic YTpi"))
                        .status())
                .isEqualTo(401);
    }

    /** Each is a way to make oneself root with policy:write and directory:write alone. */
    @Test
    void a_policy_author_cannot_make_himself_root() {
        String author = token("9001", AUTHORS);
        String grab = """
                {"effect": "allow", "agents": [{"name": "author-ci"}], "targets": ["%s"], "actions": ["*"]}
                """;

        assertThat(put("/v1/policies/grab", author, "*", null, grab.formatted("sallyport"))
                        .status())
                .isEqualTo(403);
        assertThat(put("/v1/policies/grab", author, "*", null, grab.formatted("sally*"))
                        .status())
                .isEqualTo(201);
        assertThat(ask("9001", broker.issuer() + "/v1", "system:write").error()).isEqualTo("invalid_scope");

        String tag = etag("/v1/policies/platform-administers");
        assertThat(put("/v1/policies/platform-administers", author, null, tag, grab.formatted("invoices"))
                        .status())
                .isEqualTo(403);
        assertThat(delete("/v1/policies/platform-administers", author, tag).status())
                .isEqualTo(403);

        String twin = """
                {"kind": "workload", "bindings": [{"provider": "ci", "match": {"repository_id": "9001"}}]}
                """;
        assertThat(put("/v1/agents/platform-ci", author, null, etag("/v1/agents/platform-ci"), twin)
                        .status())
                .isEqualTo(403);
        assertThat(delete("/v1/agents/platform-ci", author, etag("/v1/agents/platform-ci"))
                        .status())
                .isEqualTo(403);
        assertThat(post("/v1/agents/platform-ci/suspend", author, "{\"reason\": \"mine now\"}")
                        .status())
                .isEqualTo(403);

        String target = """
                {"resource": "%s", "kind": "api", "actions": ["x"]%s}
                """;
        for (String resource : List.of("/v1", "/v1/", "", "/oauth2/token")) {
            assertThat(put("/v1/targets/fake", author, "*", null, target.formatted(broker.issuer() + resource, ""))
                            .status())
                    .isEqualTo(422);
        }
        assertThat(put(
                                "/v1/targets/fake",
                                author,
                                "*",
                                null,
                                target.formatted(
                                        "https://fake.example",
                                        ", \"token\": {\"audience\": \"" + broker.issuer() + "/v1\"}"))
                        .status())
                .isEqualTo(422);
        assertThat(put("/v1/targets/sallyport", author, "*", null, target.formatted("https://fake.example", ""))
                        .status())
                .isEqualTo(422);
        Answer bundle = send(
                broker.request("/v1/configuration"),
                author,
                "PUT",
                get("/v1/configuration", author)
                        .http()
                        .body()
                        .replace("\"agents\":[{\"name\":\"platform-ci\"", "\"agents\":[{\"name\":\"author-ci\""));
        assertThat(bundle.status()).isEqualTo(403);
    }

    @Test
    void an_agent_that_an_admin_policy_selects_is_for_system_write_before_and_after() {
        String author = token("9001", AUTHORS);
        String selects = """
                {"effect": "allow", "agents": [{"name": "ops-*"}, {"labels": {"role": "ops"}}],
                 "targets": ["sallyport"], "actions": ["audit:read"]}
                """;
        assertThat(put("/v1/policies/ops-look", admin, "*", null, selects).status())
                .isEqualTo(201);
        String agent = """
                {"kind": "workload", "labels": {%s}, "bindings": [{"provider": "ci", "match": {"repository_id": "7"}}]}
                """;
        String plain = agent.formatted("");
        String labelled = agent.formatted("\"role\": \"ops\"");

        assertThat(put("/v1/agents/ops-new", author, "*", null, plain).status()).isEqualTo(403);
        assertThat(put("/v1/agents/new", author, "*", null, labelled).status()).isEqualTo(403);
        assertThat(put("/v1/agents/new", author, "*", null, plain).status()).isEqualTo(201);
        assertThat(put("/v1/agents/new", author, null, etag("/v1/agents/new"), labelled)
                        .status())
                .isEqualTo(403);
        assertThat(put("/v1/agents/new", admin, null, etag("/v1/agents/new"), labelled)
                        .status())
                .isEqualTo(200);
        assertThat(put("/v1/agents/new", author, null, etag("/v1/agents/new"), plain)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void of_admins_who_change_one_version_at_once_exactly_one_succeeds() {
        String path = "/v1/policies/bots-read-invoices";
        String tag = etag(path);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> put(
                                    path,
                                    admin,
                                    null,
                                    tag,
                                    WRITE_POLICY.replace("\"effect\"", "\"description\": \"" + i + "\", \"effect\""))
                            .status()))
                    .toList();
            assertThat(answers).map(Future::get).containsOnlyOnce(200).containsOnly(200, 412);
        }
    }

    @Test
    void a_write_must_say_what_it_replaces() {
        String path = "/v1/policies/bots-read-invoices";
        String first = etag(path);

        assertThat(put(path, admin, null, null, WRITE_POLICY).status()).isEqualTo(428);
        assertThat(put(path, admin, "*", null, WRITE_POLICY).status()).isEqualTo(412);
        assertThat(put(path, admin, null, "\"99\"", WRITE_POLICY).status()).isEqualTo(412);
        assertThat(put("/v1/policies/absent", admin, null, first, WRITE_POLICY).status())
                .isEqualTo(412);
        assertThat(delete(path, admin, null).status()).isEqualTo(428);
        assertThat(delete(path, admin, "\"99\"").status()).isEqualTo(412);
        assertThat(delete("/v1/policies/absent", admin, first).status()).isEqualTo(404);

        Answer changed = put(path, admin, null, first, WRITE_POLICY);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(put(path, admin, null, first, WRITE_POLICY).status()).isEqualTo(412);
        assertThat(put(path, admin, null, etag(path), WRITE_POLICY)
                        .http()
                        .headers()
                        .firstValue("ETag"))
                .as("what is so already makes no revision")
                .isEqualTo(changed.http().headers().firstValue("ETag"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v1/agents/a   | {\"kind\": \"workload\", \"colour\": \"red\", \"bindings\": [{\"provider\": \"ci\", \"match\": {\"sub\": \"b\"}}]}                                       | colour",
                "/v1/agents/a   | {\"kind\": \"robot\", \"bindings\": []}                                                  | kind",
                "/v1/agents/a   | {\"kind\": \"workload\", \"bindings\": [{\"provider\": \"no\", \"match\": {\"a\": \"b\"}}]} | bindings[0].provider",
                "/v1/agents/a   | {\"kind\": \"workload\", \"bindings\": [{\"provider\": \"ci\", \"match\": {\"sub\": \"*\"}}]} | bindings[0].match",
                "/v1/agents/a   | {\"name\": \"b\", \"kind\": \"workload\", \"bindings\": [{\"provider\": \"ci\", \"match\": {\"a\": \"b\"}}]} | name",
                "/v1/agents/a   | {\"status\": \"suspended\", \"kind\": \"workload\", \"bindings\": [{\"provider\": \"ci\", \"match\": {\"sub\": \"b\"}}]} | status",
                "/v1/agents/A_a | {\"kind\": \"workload\", \"bindings\": [{\"provider\": \"ci\", \"match\": {\"sub\": \"b\"}}]} | name",
                "/v1/targets/t  | {\"kind\": \"api\", \"resource\": \"https://INVOICES.example:443/mcp/\", \"actions\": [\"a\"]} | resource",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"], \"when\": \"1 +\"} | when",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"], \"when\": \"agent.name\"} | when",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"], \"when\": \"agent.name == 7\"} | when",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"], \"when\": \"attestation.clams.ref == 'x'\"} | when",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"], \"when\": \"[1].exists(x, [2].exists(y, x == y))\"} | when",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"], \"when\": \"agent.name.matches(action)\"} | when",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"], \"when\": \"['a'].exists(x, x + 'b' == 'ab')\"} | when",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}], \"targets\": [\"nowhere\"], \"actions\": [\"a\"]} | targets[0]",
                "/v1/policies/p | {\"effect\": \"allow\", \"agents\": [{\"name\": \"nobody\"}], \"targets\": [\"invoices\"], \"actions\": [\"a\"]} | agents[0].name",
                "/v1/trust-providers/t | {\"type\": \"oidc\", \"issuer\": \"https://t.example\", \"keys\": {\"file\": \"/etc/passwd\"}} | keys.file"
            })
    void a_mistake_is_told_with_its_field_and_changes_nothing(String path, String body, String field) {
        String before = etag("/v1/configuration");
        for (String query : List.of("", "?dryRun=true")) {
            Answer answer = put(path + query, admin, "*", null, body);

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.body()).containsEntry("field", field).containsKeys("pointer", "reason");
        }
        assertThat(etag("/v1/configuration")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"a\":1,\"a\":2}"})
    void a_body_that_is_no_document_is_refused(String body) {
        assertThat(put("/v1/agents/a", admin, "*", null, body).status()).isEqualTo(422);
    }

    @Test
    void documents_may_be_sent_as_yaml_and_are_bounded() {
        HttpRequest.Builder request = broker.request("/v1/agents/yaml-bot")
                .header("Content-Type", "application/yaml")
                .header("If-None-Match", "*");
        String yaml = "kind: workload\nbindings:\n  - { provider: ci, match: { repository_id: '77' } }\n";

        assertThat(send(request, admin, "PUT", yaml).status()).isEqualTo(201);
        assertThat(put("/v1/agents/a", admin, "*", null, " ".repeat(256 * 1024 + 1))
                        .status())
                .isEqualTo(413);
        assertThat(send(broker.request("/v1/agents/a").header("Content-Type", "text/plain"), admin, "PUT", "x")
                        .status())
                .isEqualTo(415);
    }

    @Test
    void what_others_refer_to_stays() {
        Answer answer = delete("/v1/targets/invoices", admin, etag("/v1/targets/invoices"));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body())
                .containsEntry(
                        "referencedBy",
                        List.of(Map.of("kind", "policy", "name", "bots-read-invoices", "field", "targets")));

        assertThat(delete("/v1/trust-providers/ci", admin, etag("/v1/trust-providers/ci"))
                        .status())
                .isEqualTo(409);
        assertThat(delete("/v1/agents/author-ci", admin, etag("/v1/agents/author-ci"))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void lists_are_paged_by_cursors_that_belong_to_them() {
        Answer first = get("/v1/agents?limit=2", admin);
        assertThat(names(first)).containsExactly("author-ci", "invoice-bot");
        String next = String.valueOf(first.body().get("next"));

        Answer second = get("/v1/agents?limit=2&cursor=" + next, admin);
        assertThat(names(second)).containsExactly("platform-ci");
        assertThat(second.body()).doesNotContainKey("next");

        for (String path : List.of(
                "/v1/policies?cursor=" + next,
                "/v1/issuances?cursor=" + next,
                "/v1/agents?cursor=x",
                "/v1/agents?limit=0",
                "/v1/agents?limit=501",
                "/v1/agents?limit=2&limit=2",
                "/v1/agents?colour=red")) {
            assertThat(get(path, admin).status()).as(path).isEqualTo(400);
        }
    }

    @Test
    void a_dry_run_shows_the_effect_and_stores_nothing() {
        Answer answer = put("/v1/policies/bots-write-invoices?dryRun=true", admin, "*", null, WRITE_POLICY);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("dryRun", true);
        assertThat(String.valueOf(answer.body().get("changes")))
                .contains("change=added", "name=bots-write-invoices", "invoices:write");
        assertThat(get("/v1/policies/bots-write-invoices", admin).status()).isEqualTo(404);
    }

    @Test
    void a_bundle_replaces_everything_or_nothing() {
        String before = get("/v1/configuration", admin).http().body();
        String tag = etag("/v1/configuration");
        String after = before.replace("\"invoices:read\"]}", "\"invoices:write\"]}")
                .replace(
                        "\"effect\":\"allow\",\"agents\":[{\"name\":\"invoice-*\"",
                        "\"effect\":\"allow\",\"agents\":[{\"name\":\"nobody\"");

        Answer refused = send(broker.request("/v1/configuration"), admin, "PUT", after);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).containsEntry("field", "policies[1].agents[0].name");
        assertThat(get("/v1/configuration", admin).http().body()).isEqualTo(before);

        String good = before.replace("invoice-*", "*-bot");
        Answer dry = send(broker.request("/v1/configuration?dryRun=true"), admin, "PUT", good);
        assertThat(String.valueOf(dry.body().get("changes"))).contains("change=changed", "bots-read-invoices");
        assertThat(get("/v1/configuration", admin).http().body()).isEqualTo(before);

        assertThat(send(broker.request("/v1/configuration").header("If-Match", "\"0\""), admin, "PUT", good)
                        .status())
                .isEqualTo(412);
        Answer applied = send(broker.request("/v1/configuration").header("If-Match", tag), admin, "PUT", good);
        assertThat(applied.body()).containsEntry("dryRun", false);
        assertThat(get("/v1/configuration", admin).http().body()).isEqualTo(good);
        assertThat(send(broker.request("/v1/configuration"), admin, "PUT", good).body())
                .containsEntry("revision", applied.body().get("revision"))
                .containsEntry("changes", List.of());
    }

    @Test
    void a_condition_over_a_bound_is_told_with_its_policy_and_its_place_and_changes_nothing() {
        String before = get("/v1/configuration", admin).http().body();
        String read = "\"actions\":[\"invoices:read\"],\"grant\"";
        for (String when : List.of("true" + " && true".repeat(200), "true" + " ".repeat(4093), "agent.name")) {
            String after = before.replace(read, "\"actions\":[\"invoices:read\"],\"when\":\"" + when + "\",\"grant\"");
            assertThat(after).isNotEqualTo(before);

            Answer answer = send(broker.request("/v1/configuration"), admin, "PUT", after);
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.body())
                    .containsEntry("field", "policies[1].when")
                    .containsEntry("pointer", "/policies/1/when");
        }
        assertThat(get("/v1/configuration", admin).http().body()).isEqualTo(before);
    }

    @Test
    void two_policies_of_one_name_are_refused_and_the_revision_stays() {
        String before = get("/v1/configuration", admin).http().body();
        String tag = etag("/v1/configuration");

        Answer answer = send(
                broker.request("/v1/configuration"),
                admin,
                "PUT",
                before.replace("authors-write", "bots-read-invoices"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(String.valueOf(answer.body().get("field"))).startsWith("policies");
        assertThat(etag("/v1/configuration")).isEqualTo(tag);
    }

    @Test
    void patterns_that_match_nothing_yet_are_accepted_and_permit_nothing() {
        String nobody = WRITE_POLICY.replace("invoice-bot", "future-*");
        String nowhere = WRITE_POLICY.replace("[\"invoices\"]", "[\"future-*\"]");

        assertThat(put("/v1/policies/nobody", admin, "*", null, nobody).status())
                .isEqualTo(201);
        assertThat(put("/v1/policies/nowhere", admin, "*", null, nowhere).status())
                .isEqualTo(201);
        assertThat(write().error()).isEqualTo("invalid_scope");
    }

    @Test
    void whoever_is_suspended_gets_no_token_and_whoever_is_resumed_does() {
        for (String path : List.of("/v1/agents/invoice-bot", "/v1/targets/invoices")) {
            assertThat(read().status()).isEqualTo(200);
            Answer suspended = post(path + "/suspend", admin, "{\"reason\": \"stolen laptop\"}");
            assertThat(suspended.body())
                    .containsEntry("status", "suspended")
                    .containsEntry("reason", "stolen laptop")
                    .containsEntry("by", "platform-ci");
            assertThat(get(path, admin).body()).containsEntry("status", "suspended");
            assertThat(read().status()).isEqualTo(400);
            assertThat(post(path + "/resume", admin, "{}").body()).containsEntry("status", "active");
        }
        assertThat(read().status()).isEqualTo(200);
        assertThat(post("/v1/agents/invoice-bot/suspend", admin, "{}").status()).isEqualTo(422);
        assertThat(post("/v1/agents/nobody/suspend", admin, "{\"reason\": \"x\"}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_suspended_admins_token_is_worth_nothing_at_once() {
        assertThat(post("/v1/agents/author-ci/suspend", admin, "{\"reason\": \"left\"}")
                        .status())
                .isEqualTo(200);
        assertThat(ask("9001", broker.issuer() + "/v1", "policy:read").error()).isEqualTo("unauthorized_client");

        assertThat(post("/v1/trust-providers/ci/suspend", admin, "{\"reason\": \"breach\"}")
                        .status())
                .isEqualTo(200);
        assertThat(get("/v1/agents", admin).status()).isEqualTo(401);
        assertThat(read().error()).isEqualTo("invalid_grant");
    }

    private List<String> names(Answer answer) {
        return ((List<?>) Objects.requireNonNull(answer.body().get("items")))
                .stream()
                        .map(each -> String.valueOf(((Map<?, ?>) each).get("name")))
                        .toList();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> history(String query) {
        Answer answer = get("/v1/issuances" + query, admin);
        return (List<Map<String, Object>>) Objects.requireNonNull(answer.body().get("items"));
    }

    private Answer read() {
        return ask("1001", RunningBroker.INVOICES, "invoices:read");
    }

    private Answer write() {
        return ask("1001", RunningBroker.INVOICES, "invoices:write");
    }

    private String evidence(String repository) {
        return platform.token("acme-broker", claims -> claims.put("repository_id", repository));
    }

    private Answer ask(String repository, String resource, String scope) {
        return broker.exchange(evidence(repository), "resource", resource, "scope", scope);
    }

    private String token(String repository, String scope) {
        Answer answer = ask(repository, broker.issuer() + "/v1", scope);
        assertThat(answer.status()).as(answer.description()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private String etag(String path) {
        return get(path, admin).http().headers().firstValue("ETag").orElseThrow();
    }

    private Answer get(String path, String token) {
        return broker.send(broker.request(path).header("Authorization", "Bearer " + token));
    }

    private Answer put(String path, String token, @Nullable String noneMatch, @Nullable String match, String body) {
        HttpRequest.Builder request = broker.request(path);
        if (noneMatch != null) {
            request.header("If-None-Match", noneMatch);
        }
        if (match != null) {
            request.header("If-Match", match);
        }
        return send(request, token, "PUT", body);
    }

    private Answer post(String path, String token, String body) {
        return send(broker.request(path), token, "POST", body);
    }

    private Answer delete(String path, String token, @Nullable String match) {
        HttpRequest.Builder request = broker.request(path);
        if (match != null) {
            request.header("If-Match", match);
        }
        return broker.send(request.header("Authorization", "Bearer " + token).DELETE());
    }

    private Answer send(HttpRequest.Builder request, String token, String method, String body) {
        HttpRequest built = request.copy().build();
        if (built.headers().firstValue("Content-Type").isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return broker.send(
                request.header("Authorization", "Bearer " + token).method(method, BodyPublishers.ofString(body)));
    }
}
