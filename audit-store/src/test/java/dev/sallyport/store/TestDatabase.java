package dev.sallyport.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A migrated database of its own for each test, all on one embedded server that is set to be durable. */
record TestDatabase(int port, String name) {

    static final String OWNER = "sallyport_owner";
    static final String BROKER = "sallyport_broker";
    static final String AUDITOR = "sallyport_auditor";
    static final String SUPERUSER = "postgres";

    private static final AtomicInteger COUNT = new AtomicInteger();

    /**
     * The server that tests share; started by the first that needs it, stopped with the JVM.
     *
     * <p>It is not killed, so it need not sync: the databases of a hundred tests take a slow disk half a minute at the stop.
     */
    private static final class Shared {
        static final TestDatabase TEMPLATE = template();

        private static TestDatabase template() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                return initialise(server.getPort(), "template_sallyport");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static EmbeddedPostgres.Builder durable() {
        return EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on");
    }

    /** Makes the roles and one migrated database on a new server. */
    static TestDatabase initialise(int port, String name) {
        TestDatabase server = new TestDatabase(port, "postgres");
        for (String role : Arrays.asList(OWNER, BROKER, AUDITOR)) {
            server.execute("CREATE ROLE " + role + " LOGIN");
        }
        server.execute("CREATE DATABASE " + name + " OWNER " + OWNER);
        TestDatabase database = new TestDatabase(port, name);
        Migrations.migrate(database.as(OWNER), BROKER, AUDITOR);
        return database;
    }

    static TestDatabase create() {
        TestDatabase template = Shared.TEMPLATE;
        TestDatabase server = new TestDatabase(template.port, "postgres");
        TestDatabase fresh = new TestDatabase(template.port, "test_" + COUNT.incrementAndGet());
        server.execute("CREATE DATABASE " + fresh.name + " OWNER " + OWNER + " TEMPLATE " + template.name);
        return fresh;
    }

    PGSimpleDataSource as(String role) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(name);
        source.setUser(role);
        source.setConnectTimeout(2);
        return source;
    }

    /** This database as it is reached through another port. */
    TestDatabase through(int otherPort) {
        return new TestDatabase(otherPort, name);
    }

    PostgresStore open() {
        return open(as(BROKER));
    }

    PostgresStore open(DataSource appends) {
        return open(appends, InstantSource.system());
    }

    PostgresStore open(DataSource appends, InstantSource clock) {
        return open(appends, clock, (entries, nanos) -> {});
    }

    PostgresStore open(DataSource appends, InstantSource clock, AppendObserver observer) {
        return PostgresStore.open(appends, as(BROKER), as(BROKER), new KeySealer(new byte[32]), clock, observer);
    }

    void execute(String sql) {
        try {
            execute(SUPERUSER, sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    void execute(String role, String sql) throws SQLException {
        try (Connection connection = as(role).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long number(String sql) {
        return Long.parseLong(text(sql));
    }

    String text(String sql) {
        try (Connection connection = as(SUPERUSER).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
