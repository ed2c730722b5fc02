package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.config.Database;
import dev.sallyport.api.verify.VerifyCommand;
import dev.sallyport.core.Journal;
import dev.sallyport.core.Reads;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What an admin erases, and what auditors read, over HTTP. */
class ErasureTest {

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
        admin = token("audit:read system:write revocation:write");
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void an_attempt_is_erased_and_every_proof_holds() throws IOException {
        String jti = attempt("invoices:read", "jti");
        String refused = attempt("invoices:write", "decisionId");
        assertThat(verify(export()).code()).isZero();
        Map<String, Object> before = get("/v1/issuances/" + jti).body();

        Answer answer = erase("[{\"jti\":\"" + jti + "\"},{\"decisionId\":\"" + refused + "\"}]");
        assertThat(answer.status()).isEqualTo(200);
        Object erasure = answer.body().get("index");

        Map<String, Object> after = get("/v1/issuances/" + jti).body();
        assertThat(after)
                .containsEntry("leaf", before.get("leaf"))
                .containsEntry("tokenSha256", before.get("tokenSha256"))
                .doesNotContainKeys("detail", "salt", "agent", "target", "provider", "attestation", "clientIp");
        assertThat(String.valueOf(after.get("erased"))).contains("index=" + erasure, "time=20");
        assertThat(get("/v1/issuances/" + refused).status()).isEqualTo(404);
        assertThat(items("/v1/issuances?agent=invoice-bot"))
                .extracting(each -> each.get("jti"))
                .doesNotContain(jti);
        assertThat(items("/v1/issuances?limit=100"))
                .filteredOn(each -> jti.equals(each.get("jti")))
                .singleElement()
                .satisfies(
                        each -> assertThat(each).containsEntry("erased", true).doesNotContainKey("agent"));
        assertThat(items("/v1/events?type=issuance&limit=2"))
                .extracting(each -> each.get("erased"))
                .containsOnly(erasure);
        await().until(() -> get("/v1/issuances/" + jti + "/receipt").status() == 200);
        assertThat(get("/v1/events/export?format=ocsf").http().body()).contains("\"erased\":true");

        Said held = verify(export());
        assertThat(held.code()).as(held.text()).isZero();
        assertThat(held.text()).contains("2 of them without their detail, which a later entry erases");
        assertThat(get("/v1/events/export").http().body()).contains("\"erased\":" + erasure + "}");
    }

    @Test
    void the_entry_says_by_whom_and_why_and_there_is_only_one() {
        String jti = attempt("invoices:read", "jti");
        Answer first = erase("[{\"jti\":\"" + jti + "\"}]");
        Object erasure = first.body().get("index");
        assertThat(String.valueOf(items("/v1/events?type=erasure").getFirst()))
                .contains("author=platform-ci", "reason=Request 7", "entries=[", "token=", "outcome=applied");
        Answer again = erase("[{\"jti\":\"" + jti + "\"},{\"jti\":\"" + jti + "\"}]");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body())
                .doesNotContainKey("index")
                .containsEntry("erased", first.body().get("erased"));
        assertThat(erase("[{\"index\":" + erasure + "}]").body()).containsEntry("field", "entries[0].index");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | entries",
                "[{}] | entries[0]",
                "[null] | entries[0]",
                "[{\"index\":1.5}] | entries[0]",
                "[{\"index\":\"1\"}] | entries[0]",
                "[{\"index\":-1}] | entries[0]",
                "[{\"index\":1,\"jti\":\"00000000-0000-7000-8000-000000000000\"}] | entries[0]",
                "[{\"jti\":\"bot\"}] | entries[0].jti",
                "[{\"index\":0}] | entries[0].index",
                "[{\"index\":99999999}] | entries[0].index",
                "[{\"decisionId\":\"00000000-0000-7000-8000-000000000000\"}] | entries[0].decisionId",
                "[{\"agent\":\"bot\"}] | entries[0].agent",
            })
    void what_can_not_be_erased_is_named(String entries, String field) {
        Answer answer = erase(entries);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).containsEntry("field", field);
    }

    @Test
    void only_whoever_may_make_admins_may_erase() {
        Answer answer = broker.send(broker.request("/v1/erasures")
                .header("Authorization", "Bearer " + token("audit:read revocation:write"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"entries\":[{\"index\":1}],\"reason\":\"x\"}")));
        assertThat(answer.status()).isEqualTo(403);
    }

    @Test
    void a_detail_that_was_deleted_without_an_erasure_is_named() throws IOException, SQLException {
        String jti = attempt("invoices:read", "jti");
        Object index = get("/v1/issuances/" + jti).body().get("index");
        attempt("invoices:read", "jti");
        String export = get("/v1/events/export").http().body();
        String altered = export.replaceFirst(
                "(\\{\"index\":" + index + ",\"leaf\":\"[^\"]*\"),\"detail\":\"[^\"]*\",\"salt\":\"[^\"]*\"", "$1");
        assertThat(altered).isNotEqualTo(export);
        Said said = verify(altered);
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.text()).contains("entry " + index + ": its detail is missing, and no entry erases it");
        assertThat(verify(altered.replaceFirst(
                                "(\\{\"index\":" + index + ",\"leaf\":\"[^\"]*\")",
                                "$1,\"erased\":" + (asLong(index) + 1)))
                        .text())
                .contains("entry " + index + ": its detail is missing, and no entry erases it");
        deleteBehindTheLogsBack(asLong(index));
        assertThat(verify(export()).text())
                .contains("entry " + index + ": its detail is missing, and no entry erases it");
        assertThat(get("/v1/issuances/" + jti).body()).doesNotContainKeys("detail", "erased");
        restore(asLong(index), export);
    }

    @Test
    void whoever_reads_stands_in_the_log() {
        assertThat(get("/v1/issuances?agent=invoice-bot&limit=7").status()).isEqualTo(200);
        assertThat(get("/v1/issuances/eyJhbGciOiJIUzI1NiJ9").status()).isEqualTo(404);
        flush();
        String reads = String.valueOf(items("/v1/events?type=read&limit=1"));
        assertThat(reads)
                .contains("author=platform-ci", "outcome=answered", "tokens=[")
                .doesNotContain("eyJ");
        assertThat(String.valueOf(items("/v1/events?type=read&limit=50")))
                .contains("route=/v1/issuances", "query=agent=invoice-bot");
    }

    @Test
    void a_question_that_is_cut_in_the_middle_of_a_character_is_told_all_the_same() {
        String by = "claim:" + "a".repeat(93) + "\ud83d\ude80".repeat(2);
        assertThat(get("/v1/issuances/counts?by=" + URLEncoder.encode(by, StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(200);
        flush();
        assertThat(String.valueOf(items("/v1/events?type=read&limit=50")))
                .contains("query=by=claim:" + "a".repeat(93) + "\ud83d\ude80");
    }

    @Test
    void whoever_counts_or_asks_for_workloads_without_an_agent_stands_in_the_log_too() {
        assertThat(get("/v1/issuances/counts?by=target&claim=repository%3Dsecret")
                        .status())
                .isEqualTo(200);
        assertThat(get("/v1/discovered?provider=acme-ci").status()).isEqualTo(200);
        flush();
        assertThat(String.valueOf(items("/v1/events?type=read&limit=50")))
                .contains("route=/v1/issuances/counts", "query=by=target&claim")
                .contains("route=/v1/discovered", "query=provider=acme-ci")
                .doesNotContain("secret");
    }

    @Test
    void an_export_has_an_entry_before_its_first_byte() {
        Answer export = get("/v1/events/export?from=1&to=3");
        assertThat(export.http().body()).hasLineCount(2);
        assertThat(String.valueOf(items("/v1/events?type=export&limit=1")))
                .contains("author=platform-ci", "format=ndjson", "from=1", "to=3", "outcome=started");
    }

    private static void flush() {
        broker.context().getBean(Reads.class).flushAll(broker.context().getBean(Journal.class), "test");
    }

    /** As the owner of the tables, who can take triggers away. */
    private static void deleteBehindTheLogsBack(long index) throws SQLException {
        owner("ALTER TABLE sallyport.log_entry DISABLE TRIGGER no_change;"
                + "UPDATE sallyport.log_entry SET detail = NULL, salt = NULL WHERE index = " + index + ";"
                + "ALTER TABLE sallyport.log_entry ENABLE ALWAYS TRIGGER no_change");
    }

    /** So that the other tests find a log that holds. */
    private static void restore(long index, String export) throws SQLException {
        String line = export.lines().skip(index).findFirst().orElseThrow();
        owner("ALTER TABLE sallyport.log_entry DISABLE TRIGGER no_change;"
                + "UPDATE sallyport.log_entry SET detail = decode('" + member(line, "detail")
                + "', 'base64'), salt = decode('" + member(line, "salt") + "', 'base64') WHERE index = " + index + ";"
                + "ALTER TABLE sallyport.log_entry ENABLE ALWAYS TRIGGER no_change");
    }

    private static String member(String line, String name) {
        return line.replaceFirst(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    private static void owner(String sql) throws SQLException {
        try (Connection connection =
                        broker.context().getBean(Database.class).owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long asLong(@Nullable Object number) {
        return ((Number) Objects.requireNonNull(number)).longValue();
    }

    private record Said(int code, String text) {}

    private static Said verify(String export) throws IOException {
        Path file = Files.writeString(directory.resolve("export.ndjson"), export);
        StringWriter said = new StringWriter();
        PrintWriter both = new PrintWriter(said);
        int code =
                new CommandLine(new VerifyCommand()).setOut(both).setErr(both).execute(file.toString());
        return new Said(code, said.toString());
    }

    private static String export() {
        return get("/v1/events/export").http().body();
    }

    /** One attempt of the bot, by its name in the history. */
    private static String attempt(String action, String name) {
        broker.exchange(evidence("1001"), "resource", RunningBroker.INVOICES, "scope", action);
        return String.valueOf(
                items("/v1/issuances?agent=invoice-bot&limit=1").getFirst().get(name));
    }

    private static Answer erase(String entries) {
        return broker.send(broker.request("/v1/erasures")
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"entries\":" + entries + ",\"reason\":\"Request 7\"}")));
    }

    private static Answer get(String path) {
        return broker.send(broker.request(path).header("Authorization", "Bearer " + admin));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> items(String path) {
        return (List<Map<String, Object>>)
                Objects.requireNonNull(get(path).body().get("items"));
    }

    private static String evidence(String repository) {
        return platform.token("acme-broker", claims -> claims.put("repository_id", repository));
    }

    private static String token(String scope) {
        Answer answer = broker.exchange(evidence("9000"), "resource", broker.issuer() + "/v1", "scope", scope);
        assertThat(answer.status()).as(answer.description()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }
}
