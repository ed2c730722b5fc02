package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Runs work in one transaction of its own, and turns what breaks into {@link Unavailable}. */
final class Transaction {

    /** For reading: one consistent view, whatever is committed meanwhile. */
    static final String SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

    /** For writing: durable at commit, and never waiting or held open for long. */
    static final String CHANGE = """
            SET LOCAL synchronous_commit = on;
            SET LOCAL lock_timeout = '5s';
            SET LOCAL idle_in_transaction_session_timeout = '5s'
            """;

    /** What is done in the transaction. */
    @FunctionalInterface
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    private Transaction() {}

    /**
     * Commits what the work does, or nothing of it.
     *
     * @throws Unavailable when the database can't be reached or refuses, or the commit's outcome is in doubt
     */
    static <T> T run(DataSource source, String settings, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                return committed(connection, settings, work);
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new Unavailable("the database", e);
        }
    }

    private static <T> T committed(Connection connection, String settings, Work<T> work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(settings);
        }
        T result = work.in(connection);
        connection.clearWarnings();
        connection.commit();
        Doubt.ifWarned(connection.getWarnings());
        return result;
    }
}
