package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The appender's connection, and the head as it was last seen through it.
 *
 * <p>After any exception neither is worth anything: close it, and open another.
 */
final class AppendSession implements AutoCloseable {

    /** Bounds every answer, in milliseconds; less than a caller waits. A query timeout would cancel commits instead. */
    private static final int NETWORK_TIMEOUT = 2_000;

    private static final String SETTINGS = """
            SET application_name = 'sallyport appender';
            SET synchronous_commit = on;
            SET plan_cache_mode = force_generic_plan;
            SET lock_timeout = '1s';
            SET idle_in_transaction_session_timeout = '2s'
            """;

    private final Connection connection;
    private final ClockCheck clock;
    private final EntryInsert insert;
    private final PreparedStatement select;
    private final PreparedStatement selectForUpdate;
    private Head head;

    private AppendSession(Connection connection, ClockCheck clock) throws SQLException {
        this.connection = connection;
        this.clock = clock;
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT);
        try (Statement settings = connection.createStatement()) {
            settings.execute(SETTINGS);
        }
        this.insert = new EntryInsert(connection);
        this.select = connection.prepareStatement(Head.SELECT);
        this.selectForUpdate = connection.prepareStatement(Head.SELECT_FOR_UPDATE);
        this.head = read(select);
    }

    static AppendSession open(DataSource source, ClockCheck clock) throws SQLException {
        Connection connection = source.getConnection();
        try {
            return new AppendSession(connection, clock);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The head, from memory. */
    Head head() {
        return head;
    }

    /** Asks the database for the head, and for the time. */
    void refresh() throws SQLException {
        head = read(select);
    }

    /** Begins a transaction that holds the head's row lock until {@link #unlock}. */
    void lock() throws SQLException {
        connection.setAutoCommit(false);
        head = read(selectForUpdate);
    }

    /** Commits what {@link #lock} has begun. */
    void unlock() throws SQLException {
        connection.clearWarnings();
        connection.commit();
        Doubt.ifWarned(connection.getWarnings());
        connection.setAutoCommit(true);
    }

    /** Writes a batch behind the known head, and returns whether the database's was still that one. */
    boolean append(List<HashedEntry> entries) throws SQLException {
        @Nullable Head grown = insert.execute(head, entries);
        if (grown == null) {
            return false;
        }
        head = grown;
        return true;
    }

    private Head read(PreparedStatement query) throws SQLException {
        Instant asked = clock.now();
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the log has no head");
            }
            clock.compare(asked, row.getObject(4, OffsetDateTime.class).toInstant());
            return Head.of(row);
        }
    }

    /** Lets go of the connection at once, whatever state it is in. */
    @Override
    public void close() {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It was lost already, which is why it is closed.
        }
    }
}
