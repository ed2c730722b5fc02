package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Appended.Recorded;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutageTest {

    @Test
    void an_entry_whose_commit_was_not_confirmed_is_never_reported_as_recorded() throws IOException {
        TestDatabase database = TestDatabase.create();
        try (LossyProxy proxy = new LossyProxy(database.port());
                PostgresStore store =
                        database.open(database.through(proxy.port()).as(TestDatabase.BROKER))) {
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
            proxy.loseAnswers(true);
            assertThatThrownBy(() -> store.log().append(TestLog.entry(2), 0)).isInstanceOf(Unavailable.class);
            proxy.loseAnswers(false);
            assertThat(database.number("SELECT size FROM sallyport.log_head"))
                    .as("it was committed all the same")
                    .isEqualTo(2);
            await().ignoreExceptionsInstanceOf(Unavailable.class)
                    .untilAsserted(() ->
                            assertThat(store.log().append(TestLog.entry(3), 0)).isEqualTo(new Recorded(2)));
        }
        assertThat(TestLog.checked(database)).isEqualTo(3);
    }

    @Test
    void a_terminated_session_is_replaced() {
        TestDatabase database = TestDatabase.create();
        try (PostgresStore store = database.open()) {
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
            assertThat(database.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                            + "WHERE application_name = 'sallyport appender' AND datname = current_database()"))
                    .isEqualTo(1);
            await().ignoreExceptionsInstanceOf(Unavailable.class)
                    .until(() -> store.log().append(TestLog.entry(2), 0) instanceof Recorded);
        }
        TestLog.checked(database);
    }

    @Test
    void a_head_that_is_locked_for_long_fails_the_append_and_no_more() throws Exception {
        TestDatabase database = TestDatabase.create();
        try (PostgresStore store = database.open();
                var connection = database.as(TestDatabase.SUPERUSER).getConnection()) {
            connection.setAutoCommit(false);
            connection.prepareStatement(Head.SELECT_FOR_UPDATE).execute();
            assertThatThrownBy(() -> store.log().append(TestLog.entry(1), 0)).isInstanceOf(Unavailable.class);
            connection.rollback();
            await().ignoreExceptionsInstanceOf(Unavailable.class)
                    .until(() -> store.log().append(TestLog.entry(2), 0) instanceof Recorded);
        }
        assertThat(TestLog.checked(database)).isEqualTo(1);
    }

    @Test
    void callers_are_refused_at_once_while_the_server_is_away_and_served_when_it_is_back(@TempDir Path directory)
            throws IOException {
        EmbeddedPostgres server = server(directory, 0);
        int port = server.getPort();
        TestDatabase database = TestDatabase.initialise(port, "restarted");
        try (PostgresStore store = database.open()) {
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
            assertThat(store.problem()).isEmpty();
            server.close();
            await().untilAsserted(() -> assertThat(store.problem()).contains("the log is not available"));
            for (int i = 0; i < 50; i++) {
                long started = System.nanoTime();
                assertThatThrownBy(() -> store.log().append(TestLog.entry(2), 0))
                        .isInstanceOf(Unavailable.class);
                assertThat(System.nanoTime() - started)
                        .isLessThan(Duration.ofSeconds(1).toNanos());
            }
            assertThatThrownBy(store::load).isInstanceOf(Unavailable.class);
            assertThat(store.problem()).contains("the log is not available");
            server = server(directory, port);
            await().untilAsserted(() -> assertThat(store.problem()).isEmpty());
            await().ignoreExceptionsInstanceOf(Unavailable.class)
                    .untilAsserted(() ->
                            assertThat(store.log().append(TestLog.entry(3), 0)).isEqualTo(new Recorded(1)));
            assertThat(store.load().epoch()).isZero();
        } finally {
            server.close();
        }
    }

    private static EmbeddedPostgres server(Path directory, int port) throws IOException {
        EmbeddedPostgres.Builder builder =
                TestDatabase.durable().setDataDirectory(directory).setCleanDataDirectory(false);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }
}
