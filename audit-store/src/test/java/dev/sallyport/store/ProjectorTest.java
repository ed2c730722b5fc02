package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectorTest {

    private static final String ROWS = "SELECT count(*) FROM sallyport.issuance";
    private static final String STOP = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            + "WHERE application_name = 'sallyport projector' AND datname = current_database()";

    private final TestDatabase database = TestDatabase.create();

    @Test
    void attempts_become_rows_within_a_second_and_other_entries_do_not() {
        try (PostgresStore store = database.open()) {
            store.changes().storeIssuer("https://broker.example");
            store.log().append(TestLog.attempt(1, "bot", "issued", "x"), 1);
            store.log().append(TestLog.attempt(2, "bot", "refused", "x"), 1);
            await().atMost(Duration.ofSeconds(1)).until(() -> database.number(ROWS) == 2);
            await().until(() -> store.projectedTo() == 3);
            assertThat(store.projectionLag().entries()).isZero();
            assertThat(store.projectionLag().age()).isLessThan(Duration.ofSeconds(1));
        }
        assertThat(database.text("SELECT string_agg(i::text, ' ' ORDER BY index) FROM sallyport.issuance i"))
                .isEqualTo("(1,\"2026-05-01 12:00:01+00\",00000000-0000-0001-0000-000000000009,"
                        + "00000000-0000-0001-0000-000000000007,issued,bot,odd,https://numbers.example,ci,,"
                        + "\"{read,write}\",3,) (2,\"2026-05-01 12:00:02+00\",00000000-0000-0002-0000-000000000009,,"
                        + "refused,bot,even,https://numbers.example,ci,target,\"{read,write}\",3,)");
    }

    @Test
    void a_claim_that_postgresql_can_not_hold_stops_nothing() {
        try (PostgresStore store = database.open()) {
            store.log().append(TestLog.attempt(1, "bot", "issued", "a\u0000b\\u0000\\\u0000"), 0);
            store.log().append(TestLog.attempt(2, "bot", "issued", "x"), 0);
            await().until(() -> database.number(ROWS) == 2);
        }
        assertThat(database.text("SELECT agent FROM sallyport.issuance WHERE index = 0"))
                .isEqualTo("bot");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NULL",
                "''",
                "'\\xff'",
                "'not json'",
                "'[1]'",
                "'{\"actions\":\"all\"}'",
                "'{\"decision_id\":7}'",
                "'{\"policy_revision\":1e99}'",
                "convert_to(repeat('[', 100000), 'UTF8')",
            })
    void a_detail_that_is_erased_or_unreadable_leaves_a_row_without_who(String detail) {
        insert(0, "'{\"type\":\"issuance\",\"time\":\"2026-05-01T12:00:00.000Z\",\"outcome\":\"refused\"}'", detail);
        try (PostgresStore store = database.open()) {
            await().until(() -> store.projectedTo() == 1);
        }
        assertThat(database.text("SELECT outcome = 'refused' AND agent IS NULL FROM sallyport.issuance"))
                .isEqualTo("t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "''",
                "'\\xff'",
                "'{}'",
                "'{\"type\":\"issuance\"}'",
                "'{\"type\":\"issuance\",\"time\":\"noon\",\"outcome\":\"issued\"}'",
                "'{\"type\":\"issuance\",\"time\":\"infinity\",\"outcome\":\"issued\"}'",
                "'{\"type\":\"issuance\",\"time\":\"2026-05-01T12:00:00Z\"}'",
            })
    void a_leaf_that_is_unreadable_is_skipped(String leaf) {
        insert(0, leaf, "'{}'");
        try (PostgresStore store = database.open()) {
            store.log().append(TestLog.attempt(1, "bot", "issued", "x"), 0);
            await().until(() -> store.projectedTo() == 2);
        }
        assertThat(database.number("SELECT min(index) FROM sallyport.issuance")).isEqualTo(1);
    }

    @Test
    void values_of_any_length_fit() {
        insert(
                0,
                "'{\"type\":\"issuance\",\"time\":\"2026-05-01T12:00:00.000Z\",\"outcome\":\"refused\"}'",
                "convert_to('{\"agent\":\"' || (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 3000) i) "
                        + "|| '\"}', 'UTF8')");
        try (PostgresStore store = database.open()) {
            await().until(() -> store.projectedTo() == 1);
        }
        assertThat(database.number("SELECT length(agent) FROM sallyport.issuance"))
                .isEqualTo(63);
    }

    @Test
    void killed_at_any_moment_it_loses_and_doubles_nothing() {
        insertMany(30_000);
        try (PostgresStore store = database.open()) {
            for (int reached = 1; reached < 20_000; reached += 5_000) {
                long rows = reached;
                await().pollInterval(Duration.ofMillis(10)).until(() -> database.number(ROWS) >= rows);
                database.number(STOP);
                assertThat(database.text("SELECT (SELECT count(*) FROM sallyport.issuance) = next "
                                + "FROM sallyport.projection"))
                        .isEqualTo("t");
            }
            await().until(() -> store.projectedTo() == 30_000);
        }
        assertThat(database.number(ROWS)).isEqualTo(30_000);
    }

    @Test
    void it_is_rebuilt_from_the_log_by_the_owner() throws SQLException {
        insertMany(5_000);
        try (PostgresStore store = database.open()) {
            await().until(() -> database.number(ROWS) == 5_000);
            String before =
                    database.text("SELECT md5(string_agg(i::text, '' ORDER BY index)) FROM sallyport.issuance i");
            database.execute(TestDatabase.OWNER, "SELECT sallyport.rebuild_issuances()");
            store.log().append(TestLog.attempt(1, "bot", "issued", "x"), 0);
            await().until(() -> database.number(ROWS) == 5_001);
            assertThat(database.text("SELECT md5(string_agg(i::text, '' ORDER BY index)) FROM sallyport.issuance i "
                            + "WHERE index < 5000"))
                    .isEqualTo(before);
        }
    }

    @Test
    void entries_of_an_archived_partition_do_not_stop_it() {
        insert(4_000, "'{}'", "'{}'");
        database.execute("UPDATE sallyport.log_head SET size = 5000, frontier = decode(repeat('00', 32 * "
                + Long.bitCount(5_000) + "), 'hex')");
        try (PostgresStore store = database.open()) {
            store.log().append(TestLog.attempt(1, "bot", "issued", "x"), 0);
            await().until(() -> database.number(ROWS) == 1);
        }
    }

    @Test
    void another_replica_takes_over_from_one_that_ends() {
        try (PostgresStore other = standingByFor(database.open())) {
            other.log().append(TestLog.attempt(1, "bot", "issued", "x"), 0);
            await().until(() -> other.projectedTo() == 2);
        }
        assertThat(database.number(ROWS)).isEqualTo(2);
    }

    private PostgresStore standingByFor(PostgresStore first) {
        await().until(() -> holders() == 1);
        PostgresStore other = database.open();
        await().until(() -> database.number("SELECT count(*) FROM pg_stat_activity "
                        + "WHERE application_name = 'sallyport projector' AND datname = current_database()")
                == 2);
        first.log().append(TestLog.entry(1), 0);
        await().until(() -> other.projectedTo() == 1);
        assertThat(holders()).isEqualTo(1);
        database.execute("SELECT sallyport.rebuild_issuances()");
        first.close();
        return other;
    }

    private long holders() {
        return database.number(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE granted AND "
                        + "locktype = 'advisory' AND application_name = 'sallyport projector' AND datname = current_database()");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT sallyport.rebuild_issuances()",
                "UPDATE sallyport.issuance SET agent = 'x'",
                "DELETE FROM sallyport.issuance",
                "UPDATE sallyport.projection SET name = 'x'",
            })
    void the_broker_only_adds_to_it(String sql) {
        assertThatThrownBy(() -> database.execute(TestDatabase.BROKER, sql)).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> database.execute(TestDatabase.AUDITOR, sql)).isInstanceOf(SQLException.class);
    }

    @Test
    void an_auditor_reads_it() throws SQLException {
        database.execute(TestDatabase.AUDITOR, "SELECT * FROM sallyport.issuance, sallyport.projection");
    }

    private void insert(long index, String leaf, String detail) {
        database.execute("INSERT INTO sallyport.log_entry (index, leaf, detail) VALUES (" + index + ", " + leaf + ", "
                + detail + "); UPDATE sallyport.log_head SET size = 1, frontier = decode(repeat('00', 32), 'hex')");
    }

    private void insertMany(int count) {
        database.execute("""
                INSERT INTO sallyport.log_entry (index, leaf, detail)
                SELECT i, convert_to('{"type":"issuance","time":"2026-05-01T12:00:00.000Z","outcome":"refused"}', 'UTF8'),
                  convert_to('{"agent":"bot-' || i %% 7 || '"}', 'UTF8') FROM generate_series(0, %d) AS i;
                UPDATE sallyport.log_head SET size = %d, frontier = decode(repeat('00', %d), 'hex')
                """.formatted(count - 1, count, 32 * Long.bitCount(count)));
    }
}
