package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.local.LocalPostgres;
import dev.sallyport.api.local.LocalPostgres.Role;
import dev.sallyport.api.verify.Run;
import dev.sallyport.store.Migrations;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * {@code deploy/archive-partition.sh}, and what a broker answers when a part of its log is in an archive.
 *
 * <p>The partitions are narrower than the broker makes them: 0 to 511 and 512 to 1,023, before the first of its own.
 */
@TestMethodOrder(OrderAnnotation.class)
class ArchiveTest {

    private static final Path SCRIPT =
            Path.of("..", "deploy", "archive-partition.sh").toAbsolutePath();
    private static final String ISSUER = "https://broker.example";
    private static final int TOKENS = 1_200;

    /** The index of an attempt that is erased before it is archived. */
    private static final int ERASED = 40;

    private static final String NARROW = """
            ALTER TABLE sallyport.log_entry DETACH PARTITION sallyport.log_entry_0;
            ALTER TABLE sallyport.log_entry ATTACH PARTITION sallyport.log_entry_0 FOR VALUES FROM (1024) TO (4194304)
            """;
    private static final String PART = """
            CREATE TABLE sallyport.log_entry_%1$d (LIKE sallyport.log_entry);
            CREATE TRIGGER no_truncate BEFORE TRUNCATE ON sallyport.log_entry_%1$d
              FOR EACH STATEMENT EXECUTE FUNCTION sallyport.reject_change();
            ALTER TABLE sallyport.log_entry_%1$d ENABLE ALWAYS TRIGGER no_truncate;
            ALTER TABLE sallyport.log_entry ATTACH PARTITION sallyport.log_entry_%1$d FOR VALUES FROM (%2$d) TO (%3$d)
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static DataDirectory data;
    static LocalPostgres postgres;
    static RunningBroker broker;
    static String auditor;
    static String key;
    static String oldToken;
    static Path wholeExport;
    static Path keptCheckpoint;

    record Said(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(onPath("psql") && onPath("sha256sum"), "psql or sha256sum is not here");
        platform = TestPlatform.start();
        data = DataDirectory.open(directory.resolve("shared"));
        postgres = LocalPostgres.start(data);
        PGSimpleDataSource owner = postgres.dataSource(Role.OWNER);
        Migrations.migrate(owner, Role.BROKER.roleName(), Role.AUDITOR.roleName());
        execute(NARROW);
        execute(PART.formatted(100, 0, 512));
        execute(PART.formatted(101, 512, 1024));
        broker = broker(owner, postgres.dataSource(Role.BROKER));
        auditor = token("resource", ISSUER + "/v1", "scope", "audit:read system:write");
        oldToken = token();
        fill();
        key = get("/log/key").http().body().strip();
        keptCheckpoint = Files.writeString(
                directory.resolve("checkpoint"), get("/log/checkpoint").http().body());
        wholeExport = Files.writeString(
                directory.resolve("whole.ndjson"),
                audit("/v1/events/export").http().body());
    }

    private static RunningBroker broker(PGSimpleDataSource owner, PGSimpleDataSource runs) throws IOException {
        Path encryption =
                Files.writeString(directory.resolve("key"), Base64.getEncoder().encodeToString(new byte[32]));
        return RunningBroker.start(
                directory,
                platform,
                LogEndpointsTest.BUNDLE.replace("\"audit:read\"", "\"audit:read\", \"system:write\""),
                List.of(
                        "--sallyport.issuer=" + ISSUER,
                        "--sallyport.key-encryption-key=" + encryption,
                        "--spring.datasource.url=" + runs.getUrl(),
                        "--spring.datasource.username=" + runs.getUser(),
                        "--spring.datasource.password=" + runs.getPassword(),
                        "--spring.flyway.user=" + owner.getUser(),
                        "--spring.flyway.password=" + owner.getPassword()));
    }

    private static void fill() throws Exception {
        List<Future<String>> tokens = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < TOKENS; i++) {
                tokens.add(callers.submit(() -> token()));
            }
        }
        for (Future<String> each : tokens) {
            each.get();
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> published() > TOKENS);
    }

    @AfterAll
    static void stop() throws IOException {
        if (broker != null) {
            broker.close();
            postgres.close();
            data.close();
            platform.close();
        }
    }

    @Test
    @Order(1)
    void what_is_not_the_oldest_or_was_altered_is_refused() throws Exception {
        assertRefused(archive("archive", "101", directory.toString()), "log_entry_101 is not the oldest partition");
        assertRefused(archive("archive", "7", directory.toString()), "there is no such partition");
        assertThat(archive("archive", "seven", directory.toString()).code()).isEqualTo(2);

        superuser("ALTER TABLE sallyport.log_entry_100 DISABLE TRIGGER ALL");
        superuser("CREATE TABLE kept AS SELECT * FROM sallyport.log_entry_100 WHERE index = 77");
        superuser("DELETE FROM sallyport.log_entry_100 WHERE index = 77");
        assertRefused(archive("archive", "100", directory.toString()), "should hold 512 entries, and 511 have");
        superuser("INSERT INTO sallyport.log_entry_100 SELECT * FROM kept");
        for (String trigger : List.of("no_change", "no_truncate")) {
            superuser("ALTER TABLE sallyport.log_entry_100 ENABLE ALWAYS TRIGGER " + trigger);
        }
        assertThat(get("/log/tile/entries/000").status()).isEqualTo(200);
    }

    @Test
    @Order(2)
    void what_is_erased_stays_out_of_the_archive() {
        assertThat(erase(ERASED).status()).isEqualTo(200);
    }

    @Test
    @Order(3)
    void an_archived_part_is_shown_to_be_a_part_of_the_log() throws Exception {
        Said said = archive("archive", "100", directory.toString());
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out().strip()).isEqualTo(file(100, 0, 512).toString());

        assertThat(Files.readAllLines(file(100, 0, 512)).get(ERASED))
                .doesNotContain("detail")
                .containsPattern(",\"erased\":[0-9]+}$");
        Run part = Run.verify(file(100, 0, 512).toString(), "--to", "512", "--log", url(), "--key", key);
        assertThat(part.code()).as(part.err()).isZero();
        assertThat(part.out()).contains("512 entries hold", "They are in the log's tree of ");

        Path altered = Files.writeString(
                directory.resolve("altered.ndjson"),
                Files.readString(file(100, 0, 512)).replaceFirst("(?m)^\\{\"index\":300,.*\n", line(301, 300)));
        Run wrong = Run.verify(altered.toString(), "--to", "512", "--log", url(), "--key", key);
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("entry 300: its leaf has another hash than the hash tile");
    }

    /** A line of the archive, as if it stood at another index. */
    private static String line(int index, int as) throws IOException {
        return Files.readAllLines(file(100, 0, 512)).get(index).replace("\"index\":" + index, "\"index\":" + as) + "\n";
    }

    @Test
    @Order(4)
    void issuing_checkpoints_hash_tiles_and_proofs_go_on_without_it() throws Exception {
        int before = published();
        token();
        await().atMost(Duration.ofSeconds(10)).until(() -> published() > before);
        assertThat(get("/log/tile/0/000").status()).isEqualTo(200);
        assertThat(get("/log/tile/1/000.p/2").status()).isEqualTo(200);
        assertThat(get("/log/tile/entries/002").status()).isEqualTo(200);
        assertThat(broker.management("/metrics").http().body()).contains("sallyport_log_checkpoint_problem 0");

        String hash = HexFormat.of().formatHex(LogEndpointsTest.sha256(oldToken.getBytes(StandardCharsets.US_ASCII)));
        assertThat(get("/log/receipt/" + hash).http().body()).startsWith("c2sp.org/tlog-proof@v1\nindex ");
        Map<String, Object> receipt = broker.send(
                        broker.request("/log/receipt/" + hash).header("Accept", "application/json"))
                .body();
        assertThat(receipt).containsOnlyKeys("index", "proof", "checkpoint");
        int index = Integer.parseInt(String.valueOf(receipt.get("index")));
        byte[] leaf = Base64.getDecoder()
                .decode(String.valueOf(JSONObjectUtils.parse(
                                Files.readAllLines(file(100, 0, 512)).get(index))
                        .get("leaf")));
        assertThat(new String(leaf, StandardCharsets.UTF_8)).contains(hash);
        String[] head = String.valueOf(receipt.get("checkpoint")).split("\n", -1);
        List<byte[]> path = JSONObjectUtils.getStringList(receipt, "proof").stream()
                .map(Base64.getDecoder()::decode)
                .toList();
        byte[] leafHash = LogEndpointsTest.sha256(new byte[] {0}, leaf);
        assertThat(LogEndpointsTest.root(index, Long.parseLong(head[1]), leafHash, path))
                .isEqualTo(Base64.getDecoder().decode(head[2]));
    }

    @Test
    @Order(5)
    void whoever_asks_for_what_is_archived_is_told_so() throws Exception {
        assertArchived(get("/log/tile/entries/001"), 512);
        assertArchived(audit("/v1/events/export"), 512);
        assertArchived(audit("/v1/events/export?from=511&format=ocsf"), 512);
        assertThat(audit("/v1/events/export?from=512").http().body()).startsWith("{\"index\":512,");

        Answer page = audit("/v1/events?limit=500");
        while (page.body().containsKey("next")) {
            page = audit("/v1/events?limit=500&cursor=" + page.body().get("next"));
        }
        assertThat(page.body()).containsEntry("archivedBefore", 512L);

        String claims = new String(Base64.getUrlDecoder().decode(oldToken.split("\\.", -1)[1]), StandardCharsets.UTF_8);
        for (String path : List.of("", "/receipt")) {
            Answer answer =
                    audit("/v1/issuances/" + JSONObjectUtils.parse(claims).get("jti") + path);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(String.valueOf(answer.body().get("detail")))
                    .contains("from entry 512 on; those before have been archived");
        }

        Answer late = erase(ERASED + 1);
        assertThat(late.status()).isEqualTo(422);
        assertThat(late.body()).containsEntry("field", "entries[0].index");

        Run live = Run.verify(url(), "--key", key);
        assertThat(live.code()).isEqualTo(2);
        assertThat(live.err()).contains("the entries before 512 have been archived", "--from 512");
        assertThat(Run.verify(url(), "--key", key, "--from", "512").code()).isZero();
    }

    @Test
    @Order(6)
    void exports_from_before_and_the_archive_with_what_follows_it_verify() throws Exception {
        Run before = Run.verify(wholeExport.toString(), "--checkpoint", keptCheckpoint.toString(), "--key", key);
        assertThat(before.code()).as(before.err()).isZero();

        Path joined = Files.writeString(
                directory.resolve("joined.ndjson"),
                Files.readString(file(100, 0, 512))
                        + audit("/v1/events/export?from=512").http().body());
        Run whole = Run.verify(joined.toString(), "--checkpoint", keptCheckpoint.toString(), "--key", key);
        assertThat(whole.code()).as(whole.err()).isZero();
        assertThat(whole.out()).contains("fits and is signed by", "which a later entry erases");
    }

    @Test
    @Order(7)
    void all_that_is_old_enough_goes_at_once_and_what_is_new_stays() throws Exception {
        Said said = archive("archive", "--drop", "--older-than", "1100", directory.toString());
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.err()).contains("log_entry_101 is dropped");
        assertArchived(get("/log/tile/entries/003"), 1024);
        assertRefused(archive("archive", "0", directory.toString()), "log_entry_0 is not below the latest checkpoint");
        assertThat(token()).isNotEmpty();
    }

    @Test
    @Order(8)
    void an_archive_is_put_back_from_its_file_or_its_table() throws Exception {
        assertRefused(archive("attach", "100"), "attach what lies between first");
        Path file = file(101, 512, 1024);
        Path other = Files.createDirectory(directory.resolve("other"));
        Path altered = Files.writeString(
                other.resolve(file.getFileName()),
                Files.readString(file).replaceFirst("(?m)^\\{\"index\":600,.*\n", ""));
        assertRefused(archive("attach", altered.toString()), "should hold 512 entries, and 511 have");

        Said fromFile = archive("attach", file.toString());
        assertThat(fromFile.code()).as(fromFile.err()).isZero();
        Said fromTable = archive("attach", "100");
        assertThat(fromTable.code()).as(fromTable.err()).isZero();

        Path export = Files.writeString(
                directory.resolve("again.ndjson"),
                audit("/v1/events/export").http().body());
        assertThat(entries(export)).startsWith(entries(wholeExport).toArray(String[]::new));
        Run live = Run.verify(url(), "--key", key);
        assertThat(live.code()).as(live.err()).isZero();
        for (int number : List.of(100, 101)) {
            for (String change : List.of("DELETE FROM", "TRUNCATE")) {
                assertThatThrownBy(() -> superuser(change + " sallyport.log_entry_" + number))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("23001"));
            }
        }
    }

    /** The lines of an export but for its checkpoint, and for the entry that was erased meanwhile. */
    private static List<String> entries(Path export) throws IOException {
        return Files.readAllLines(export).stream()
                .filter(line -> line.startsWith("{\"index\""))
                .filter(line -> !line.startsWith("{\"index\":" + ERASED + ","))
                .toList();
    }

    private static Path file(int number, int from, int to) {
        return directory.resolve("log_entry_" + number + "." + from + "-" + to + ".ndjson");
    }

    private static void assertArchived(Answer answer, long first) {
        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.body())
                .containsEntry("type", "https://sallyport.dev/problems/archived")
                .containsEntry("first", first);
    }

    private static void assertRefused(Said said, String why) {
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).contains(why);
    }

    private static Said archive(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        PGSimpleDataSource owner = postgres.dataSource(Role.OWNER);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .putAll(Map.of(
                        "PGHOST", "localhost",
                        "PGPORT", Integer.toString(owner.getPortNumbers()[0]),
                        "PGDATABASE", String.valueOf(owner.getDatabaseName()),
                        "PGUSER", String.valueOf(owner.getUser()),
                        "PGPASSWORD", String.valueOf(owner.getPassword())));
        Path err = directory.resolve("stderr");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Said(process.exitValue(), out, Files.readString(err));
    }

    private static boolean onPath(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int published() {
        return Integer.parseInt(get("/log/checkpoint").http().body().split("\n", -1)[1]);
    }

    private static String url() {
        return broker.request("").build().uri().toString();
    }

    private static Answer get(String path) {
        return broker.send(broker.request(path));
    }

    private static Answer audit(String path) {
        return broker.send(broker.request(path).header("Authorization", "Bearer " + auditor));
    }

    private static Answer erase(int index) {
        String order = "{\"entries\":[{\"index\":" + index + "}],\"reason\":\"asked to\"}";
        return broker.send(broker.request("/v1/erasures")
                .header("Authorization", "Bearer " + auditor)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(order)));
    }

    private static String token(String... more) {
        Answer answer = broker.exchange(platform.token("acme-broker", claims -> {}), more);
        assertThat(answer.status()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static void execute(String sql) throws SQLException {
        run(postgres.dataSource(Role.OWNER), sql);
    }

    private static void superuser(String sql) throws SQLException {
        try {
            PGSimpleDataSource source = postgres.dataSource(Role.OWNER);
            source.setUser("postgres");
            source.setPassword(Files.readString(data.resolve("superuser-password")));
            run(source, sql);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void run(PGSimpleDataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
