package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.log.Appended.Recorded;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionsTest {

    private static final long WIDTH = 1L << 22;

    private final TestDatabase database = TestDatabase.create();

    @Test
    void entries_cross_from_one_partition_to_the_next() {
        moveHead(2 * WIDTH - 40);
        try (PostgresStore store = database.open()) {
            Callers.append(List.of(store.log()), 10, 10, 0);
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(2 * WIDTH + 60));
        }
        assertThat(database.number("SELECT count(*) FROM sallyport.log_entry_1"))
                .isEqualTo(40);
        assertThat(database.number("SELECT count(*) FROM sallyport.log_entry_2"))
                .isEqualTo(61);
    }

    @Test
    void the_next_partition_is_made_while_the_last_one_fills() {
        try (PostgresStore store = database.open()) {
            moveHead(WIDTH + WIDTH / 2);
            await().until(() -> exists("log_entry_2"));
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(WIDTH + WIDTH / 2));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE sallyport.log_entry_2 SET leaf = ''",
                "DELETE FROM sallyport.log_entry_2",
                "TRUNCATE sallyport.log_entry_2",
                "SET session_replication_role = replica; DELETE FROM sallyport.log_entry_2",
                "SET session_replication_role = replica; TRUNCATE sallyport.log_entry_2",
            })
    void a_partition_made_later_is_append_only_too(String sql) {
        moveHead(2 * WIDTH);
        try (PostgresStore store = database.open()) {
            store.log().append(TestLog.entry(1), 0);
        }
        assertThatThrownBy(() -> database.execute(TestDatabase.SUPERUSER, sql))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23001"));
    }

    @Test
    void a_partition_made_later_has_the_indexes() {
        moveHead(2 * WIDTH);
        database.open().close();
        assertThat(database.number("SELECT count(*) FROM pg_indexes WHERE tablename = 'log_entry_2'"))
                .isEqualTo(2);
    }

    private boolean exists(String table) {
        return database.number("SELECT count(*) FROM pg_tables WHERE tablename = '" + table + "'") == 1;
    }

    private void moveHead(long size) {
        database.execute("UPDATE sallyport.log_head SET size = " + size + ", frontier = decode(repeat('00', "
                + 32 * Long.bitCount(size) + "), 'hex')");
    }
}
