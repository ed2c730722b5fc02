package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendOnlyTest {

    private static final String NOT_PERMITTED = "42501";
    private static final String RESTRICTED = "23001";
    private static final TestDatabase DATABASE = TestDatabase.create();

    @BeforeAll
    static void append_something() {
        try (PostgresStore store = DATABASE.open()) {
            store.changes().bootstrap(List.of(new Document("policy", "p", "{}")));
            store.log().append(TestLog.entry(1), 1);
        }
        DATABASE.execute("INSERT INTO sallyport.log_subtree VALUES (1, 0, decode(repeat('00', 32), 'hex'));"
                + "INSERT INTO sallyport.checkpoint VALUES (2, decode(repeat('00', 32), 'hex'), '', now())");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE sallyport.log_entry SET detail = NULL",
                "DELETE FROM sallyport.log_entry",
                "TRUNCATE sallyport.log_entry",
                "UPDATE sallyport.log_entry_0 SET leaf = ''",
                "DELETE FROM sallyport.log_entry_0",
                "TRUNCATE sallyport.log_entry_0",
                "TRUNCATE sallyport.log_entry_1",
                "UPDATE sallyport.log_hash SET first = 9",
                "DELETE FROM sallyport.log_hash",
                "TRUNCATE sallyport.log_hash",
                "DELETE FROM sallyport.log_head",
                "TRUNCATE sallyport.log_head",
                "UPDATE sallyport.checkpoint SET note = 'x'",
                "DELETE FROM sallyport.checkpoint",
                "TRUNCATE sallyport.checkpoint",
                "UPDATE sallyport.log_subtree SET hash = ''",
                "DELETE FROM sallyport.log_subtree",
                "TRUNCATE sallyport.log_subtree",
                "UPDATE sallyport.log_entry SET detail = NULL, salt = NULL",
                "INSERT INTO sallyport.erased VALUES (0, 1)",
                "TRUNCATE sallyport.erased",
                "UPDATE sallyport.revision SET author = 'x'",
                "DELETE FROM sallyport.revision",
                "UPDATE sallyport.document SET body = '{\"a\":1}'",
                "DELETE FROM sallyport.document",
                "TRUNCATE sallyport.document, sallyport.revision",
            })
    void nobody_alters_or_removes_what_is_recorded(String sql) {
        assertRejected(TestDatabase.BROKER, sql, NOT_PERMITTED);
        assertRejected(TestDatabase.AUDITOR, sql, NOT_PERMITTED);
        assertRejected(TestDatabase.OWNER, sql, RESTRICTED);
        assertRejected(TestDatabase.SUPERUSER, sql, RESTRICTED);
        assertRejected(TestDatabase.SUPERUSER, "SET session_replication_role = replica; " + sql, RESTRICTED);
        assertThat(TestLog.checked(DATABASE)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE sallyport.log_head SET size = size - 1, frontier = substr(frontier, 1, 32)",
                "UPDATE sallyport.log_head SET epoch = epoch - 1",
            })
    void size_and_epoch_never_shrink(String sql) {
        assertRejected(TestDatabase.BROKER, sql, RESTRICTED);
        assertRejected(TestDatabase.SUPERUSER, sql, RESTRICTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO sallyport.log_head (only_row, size, epoch, frontier) VALUES (false, 0, 0, '')",
                "UPDATE sallyport.log_head SET only_row = NULL",
                "INSERT INTO sallyport.log_entry_0 (index, leaf) VALUES (9, '')",
                "ALTER TABLE sallyport.log_entry DISABLE TRIGGER ALL",
                "DROP TABLE sallyport.log_hash",
                "CREATE TABLE sallyport.mine (a int)",
                "UPDATE sallyport.key SET purpose = 'x'",
                "DELETE FROM sallyport.key",
                "UPDATE sallyport.setting SET name = 'x'",
                "DELETE FROM sallyport.setting",
                "SELECT sallyport.reject_change()",
                "SELECT sallyport.forget_issuance(1)",
                "SELECT * FROM sallyport.flyway_schema_history",
                "SET session_replication_role = replica",
            })
    void the_broker_may_do_nothing_that_it_need_not(String sql) {
        assertRejected(TestDatabase.BROKER, sql, NOT_PERMITTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM sallyport.key",
                "SELECT * FROM sallyport.setting",
                "SELECT sallyport.log_prepare()",
                "SELECT sallyport.erase_details(1)",
                "INSERT INTO sallyport.log_hash (first, hashes) VALUES (9, decode(repeat('00', 32), 'hex'))",
                "UPDATE sallyport.log_head SET size = 9",
            })
    void an_auditor_only_reads_and_no_keys(String sql) {
        assertRejected(TestDatabase.AUDITOR, sql, NOT_PERMITTED);
    }

    @Test
    void an_auditor_reads_log_and_documents() throws SQLException {
        for (String table : List.of(
                "log_head", "log_entry", "log_hash", "log_subtree", "checkpoint", "erased", "revision", "document")) {
            DATABASE.execute(TestDatabase.AUDITOR, "SELECT * FROM sallyport." + table);
        }
    }

    @Test
    void the_broker_owns_nothing() {
        assertThat(DATABASE.number("SELECT count(*) FROM pg_class WHERE relowner = 'sallyport_broker'::regrole"))
                .isZero();
    }

    @Test
    void a_document_ends_once() throws SQLException {
        TestDatabase database = TestDatabase.create();
        database.execute("""
                INSERT INTO sallyport.revision VALUES (1, now(), 'a'), (2, now(), 'a'), (3, now(), 'a');
                INSERT INTO sallyport.document (kind, name, body, since) VALUES ('policy', 'p', '{}', 1)
                """);
        database.execute(TestDatabase.BROKER, "UPDATE sallyport.document SET until = 2");
        assertRejected(database, TestDatabase.BROKER, "UPDATE sallyport.document SET until = 3", RESTRICTED);
        assertRejected(database, TestDatabase.BROKER, "UPDATE sallyport.document SET until = NULL", RESTRICTED);
    }

    private static void assertRejected(String role, String sql, String state) {
        assertRejected(DATABASE, role, sql, state);
    }

    private static void assertRejected(TestDatabase database, String role, String sql, String state) {
        assertThatThrownBy(() -> database.execute(role, sql))
                .as("%s: %s", role, sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }
}
