package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.verify.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A superuser who switches the triggers off and alters the log, and what {@code verify} says of it. */
@TestMethodOrder(OrderAnnotation.class)
class TamperTest {

    private static final int TOKENS = 1_400;
    private static final int CALLERS = 16;

    private static final List<String> TABLES =
            List.of("log_entry", "log_hash", "log_subtree", "checkpoint", "log_head");

    private static final String FLIPPED = "set_byte(%1$s, %2$s, get_byte(%1$s, %2$s) # 1)";

    /** The place of its last digit. */
    private static final String YEAR = "position('\"time\":'::bytea IN leaf) + 10";

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;
    static String auditor;
    static String key;

    /** How many entries the checkpoint covers that all of this is about. */
    static int size;

    @BeforeAll
    static void start() throws Exception {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, LogEndpointsTest.BUNDLE);
        auditor = String.valueOf(exchanged("resource", broker.issuer() + "/v1", "scope", "audit:read")
                .body()
                .get("access_token"));
        issue();
        key = broker.send(broker.request("/log/key")).http().body().strip();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> number("SELECT size FROM sallyport.log_head") == published());
        size = published();
        assertThat(size).isGreaterThan(TOKENS).isNotEqualTo(size / 256 * 256);
    }

    /** Exports leave entries: what is put back later is the log as it is now, once a checkpoint covers it. */
    @BeforeEach
    void keep() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> number("SELECT size FROM sallyport.log_head") == published());
        for (String table : TABLES) {
            superuser("DROP TABLE IF EXISTS kept_" + table);
            superuser("CREATE TABLE kept_" + table + " AS SELECT * FROM sallyport." + table);
        }
    }

    private static void issue() throws ExecutionException, InterruptedException {
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> {
                    for (int number = 0; number < TOKENS / CALLERS + 1; number++) {
                        assertThat(exchanged().status()).isEqualTo(200);
                    }
                }));
            }
        }
        for (Future<?> caller : callers) {
            caller.get();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    /** Puts back what was altered, so that each test alters a log that is in order. */
    @AfterEach
    void repair() {
        tamper(
                "INSERT INTO sallyport.log_entry SELECT * FROM kept_log_entry ON CONFLICT (index) DO UPDATE"
                        + " SET jti = excluded.jti, leaf = excluded.leaf, salt = excluded.salt, detail = excluded.detail",
                "INSERT INTO sallyport.log_hash SELECT * FROM kept_log_hash ON CONFLICT (first) DO UPDATE"
                        + " SET hashes = excluded.hashes",
                "INSERT INTO sallyport.log_subtree SELECT * FROM kept_log_subtree ON CONFLICT (level, index)"
                        + " DO UPDATE SET hash = excluded.hash",
                "INSERT INTO sallyport.checkpoint SELECT * FROM kept_checkpoint ON CONFLICT (size) DO UPDATE"
                        + " SET root = excluded.root, note = excluded.note");
    }

    @Test
    @Order(0)
    void the_log_as_it_was_written_holds() throws IOException {
        Run live = live();
        assertThat(live.code()).as(live.err()).isZero();
        assertThat(live.out()).contains(" entries of ", "signed by " + key.split("\\+", 2)[0]);
        Run export = export();
        assertThat(export.code()).as(export.err()).isZero();
        assertThat(export.out()).contains("They are in the log's tree of ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 255, 256, 700, 1_023, -1})
    void one_byte_of_a_leaf(int index) throws IOException {
        int at = index < 0 ? size + index : index;
        tamper("UPDATE sallyport.log_entry SET leaf = " + FLIPPED.formatted("leaf", YEAR) + " WHERE index = " + at);
        assertNamed(live(), at);
        assertNamed(export(), at);
    }

    @Test
    void one_byte_of_a_leafs_commitment() throws IOException {
        tamper("UPDATE sallyport.log_entry SET leaf = " + FLIPPED.formatted("leaf", "20") + " WHERE index = 513");
        assertNamed(live(), 513);
        assertNamed(export(), 513);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 600, -1})
    void one_byte_of_a_detail_which_only_an_export_holds(int index) throws IOException {
        int at = index < 0 ? size + index : index;
        tamper("UPDATE sallyport.log_entry SET detail = " + FLIPPED.formatted("detail", "30") + " WHERE index = " + at);
        assertNamed(export(), at);
        assertThat(live().code()).isZero();
    }

    @Test
    void a_detail_that_was_deleted_without_an_erasure() throws IOException {
        tamper("UPDATE sallyport.log_entry SET detail = NULL, salt = NULL WHERE index = 601");
        assertNamed(export(), 601);
        assertNamed(Run.verify(exported().toString(), "--key", key), 601);
        assertThat(live().code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 255, 256, 777, -1})
    void a_deleted_entry(int index) throws IOException {
        int at = index < 0 ? size + index : index;
        tamper("DELETE FROM sallyport.log_entry WHERE index = " + at);
        assertNamed(live(), at);
        assertNamed(export(), at);
        Answer tile = broker.send(broker.request(tile(at)));
        assertThat(tile.status()).isEqualTo(500);
        assertThat(tile.body()).containsEntry("index", (long) at);
    }

    @Test
    void a_deleted_entry_whose_place_the_next_ones_take() throws IOException {
        tamper(
                "DELETE FROM sallyport.log_entry WHERE index = 900",
                "UPDATE sallyport.log_entry SET index = index + 1000000 WHERE index > 900",
                "UPDATE sallyport.log_entry SET index = index - 1000001 WHERE index > 1000000");
        assertNamed(live(), 900);
        assertNamed(export(), 900);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 400, -1})
    void two_entries_swapped(int with) throws IOException {
        int other = with < 0 ? size + with : with;
        tamper("UPDATE sallyport.log_entry e SET jti = o.jti, leaf = o.leaf, salt = o.salt, detail = o.detail"
                + " FROM sallyport.log_entry o WHERE (e.index, o.index) IN ((7, " + other + "), (" + other + ", 7))");
        assertNamed(live(), 7);
        assertNamed(export(), 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 511, 1_200})
    void a_stored_leaf_hash(int index) throws IOException {
        tamper(flippedLeafHash(index));
        assertNamed(live(), index);
        assertNamed(export(), index);
    }

    @Test
    void a_leaf_together_with_its_stored_hash_is_named_by_its_256_entries() throws IOException {
        tamper(
                "UPDATE sallyport.log_entry SET leaf = " + FLIPPED.formatted("leaf", YEAR) + " WHERE index = 300",
                "UPDATE sallyport.log_hash SET hashes = overlay(hashes PLACING (SELECT sha256('\\x00'::bytea || leaf)"
                        + " FROM sallyport.log_entry WHERE index = 300) FROM (32 * (300 - first) + 1)::int)"
                        + covering(300));
        assertToldOf(live(), "entries 256 to 511: ");
        assertToldOf(export(), "entries 256 to 511: ");
    }

    @Test
    void a_stored_hash_of_256_entries() throws IOException {
        tamper("UPDATE sallyport.log_subtree SET hash = " + FLIPPED.formatted("hash", "0")
                + " WHERE level = 1 AND index = 2");
        assertToldOf(live(), "entries 512 to 767: ");
        assertToldOf(export(), "entries 512 to 767: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"replace(note, E'/log\\n', E'/lot\\n')", "overlay(note PLACING 'AAAA' FROM 30)"})
    void the_newest_checkpoint(String note) throws IOException {
        tamper("UPDATE sallyport.checkpoint SET note = " + note + " WHERE size = " + published());
        assertToldOf(live(), "");
        assertToldOf(export(), "");
    }

    @Test
    void a_log_that_was_cut_back_to_an_older_checkpoint_is_shorter_than_one_that_was_kept() throws IOException {
        String kept = Files.writeString(
                        directory.resolve("kept"),
                        broker.send(broker.request("/log/checkpoint")).http().body())
                .toString();
        tamper(
                "DELETE FROM sallyport.checkpoint WHERE size > 300",
                "DELETE FROM sallyport.log_entry WHERE index > 400");
        Run export = Run.verify(exported().toString(), "--checkpoint", kept, "--key", key);
        assertNamed(export, 401);
        await().atMost(Duration.ofSeconds(20)).until(TamperTest::somethingIsWrong);
    }

    /** Nobody is shown the head: who signs finds out, and signs nothing. */
    @Test
    @Order(Integer.MAX_VALUE)
    void the_heads_frontier() throws IOException {
        tamper(
                "UPDATE sallyport.log_head SET frontier = " + FLIPPED.formatted("frontier", "0"),
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sallyport appender'");
        int before = published();
        await().atMost(Duration.ofSeconds(20)).until(() -> exchanged().status() == 200);
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        broker.management("/metrics").http().body().contains("sallyport_log_checkpoint_problem 1"));
        assertThat(published()).isEqualTo(before);
        assertThat(live().code()).isZero();
        assertThat(export().out()).contains("It does not cover the last ");
    }

    private static boolean somethingIsWrong() {
        return broker.management("/metrics").http().body().contains("sallyport_log_checkpoint_problem 1");
    }

    private static String flippedLeafHash(int index) {
        return "UPDATE sallyport.log_hash SET hashes = "
                + FLIPPED.formatted("hashes", "(32 * (" + index + " - first))::int") + covering(index);
    }

    /** The row that an entry's leaf hash is in. */
    private static String covering(int index) {
        return " WHERE first <= " + index + " AND first + octet_length(hashes) / 32 > " + index;
    }

    private static String tile(int index) {
        int tile = index / 256;
        return "/log/tile/entries/%03d".formatted(tile) + (tile < size / 256 ? "" : ".p/" + size % 256);
    }

    private static Answer exchanged(String... more) {
        String evidence = platform.token("acme-broker", claims -> {});
        return broker.exchange(evidence, more);
    }

    private static int published() {
        return Integer.parseInt(
                broker.send(broker.request("/log/checkpoint")).http().body().split("\n", -1)[1]);
    }

    private static Run live() {
        return Run.verify(broker.request("/").build().uri().toString(), "--key", key);
    }

    private static Run export() throws IOException {
        return Run.verify(
                exported().toString(),
                "--log",
                broker.request("/").build().uri().toString(),
                "--key",
                key);
    }

    private static Path exported() throws IOException {
        Answer export = broker.send(broker.request("/v1/events/export").header("Authorization", "Bearer " + auditor));
        assertThat(export.status()).isEqualTo(200);
        return Files.writeString(
                directory.resolve("export.ndjson"), export.http().body());
    }

    private static void assertNamed(Run run, int index) {
        assertToldOf(run, "entry " + index + ": ");
    }

    private static void assertToldOf(Run run, String what) {
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.err()).contains("sallyport: " + what);
    }

    /** The triggers are ALWAYS: who does not switch them off can't alter anything. */
    private static void tamper(String... statements) {
        TABLES.forEach(table -> superuser("ALTER TABLE sallyport." + table + " DISABLE TRIGGER ALL"));
        for (String sql : statements) {
            superuser(sql);
        }
    }

    private static void superuser(String sql) {
        try (Connection connection = login();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static long number(String sql) {
        try (Connection connection = login();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static Connection login() throws SQLException {
        try {
            String[] fields = Files.readAllLines(broker.data().resolve("pgpass"))
                    .getLast()
                    .split(":", -1);
            return DriverManager.getConnection(
                    "jdbc:postgresql://localhost:" + fields[1] + "/sallyport", fields[3], fields[4]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
