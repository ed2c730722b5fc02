package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * Fills the table that auditors query from the log: one replica at a time, the others stand by.
 *
 * <p>Entries and progress are committed together, so it can be killed at any moment and goes on where it was.
 */
final class Projector implements AutoCloseable {

    private static final int BATCH = 2_000;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration TAKE_OVER_EVERY = Duration.ofSeconds(1);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    /**
     * A commit that is lost can be repeated. The server ends a session that has gone silent, and gives its lock to the next.
     * No statistics are needed to see that the newest entries are best found by the index.
     */
    private static final String SETTINGS = """
            SET application_name = 'sallyport projector';
            SET synchronous_commit = off;
            SET idle_session_timeout = '5s';
            SET lock_timeout = '4s';
            SET enable_seqscan = off;
            SET jit = off
            """;

    private static final String TAKE_OVER = "SELECT pg_try_advisory_lock(hashtext('sallyport projector'))";

    private static final String PROJECT = "SELECT next, size FROM sallyport.project_issuances(" + BATCH + ")";

    /**
     * What is known from memory.
     *
     * @param completeAsOf everything that was in the log at this moment is projected
     * @param mark the size that the log had at {@code markedAt}: once that is projected, it is complete as of then
     */
    private record Known(Progress progress, long completeAsOf, long mark, long markedAt) {

        Known then(Progress seen, long asked) {
            if (seen.behind() == 0) {
                return new Known(seen, asked, seen.size(), asked);
            }
            return seen.next() < mark
                    ? new Known(seen, completeAsOf, mark, markedAt)
                    : new Known(seen, markedAt, seen.size(), asked);
        }
    }

    private final LongSupplier nanoTime;
    private final Rounds rounds;
    private boolean holding;
    private volatile Known known;

    Projector(DataSource source, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.rounds = new Rounds("projector", source, ANSWER_WITHIN, this::open, this::round);
        long now = nanoTime.getAsLong();
        this.known = new Known(Progress.NONE, now, 0, now);
    }

    void start() {
        rounds.start();
    }

    /** The index of the entry that is projected next, as last seen. */
    long projectedTo() {
        return known.progress.next();
    }

    /** How far it is behind, from memory. */
    ProjectionLag lag() {
        Known now = known;
        return new ProjectionLag(now.progress.behind(), Duration.ofNanos(nanoTime.getAsLong() - now.completeAsOf));
    }

    private void open(Connection connection) throws SQLException {
        holding = false;
        try (Statement settings = connection.createStatement()) {
            settings.execute(SETTINGS);
        }
    }

    private void round(Connection connection) throws SQLException, InterruptedException {
        holding = holding || takesOver(connection);
        Progress progress = look(connection, Progress.SELECT);
        if (holding && progress.behind() > 0) {
            progress = look(connection, PROJECT);
        }
        if (!holding) {
            TimeUnit.NANOSECONDS.sleep(TAKE_OVER_EVERY.toNanos());
        } else if (progress.behind() == 0) {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        }
    }

    private static boolean takesOver(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TAKE_OVER);
                ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private Progress look(Connection connection, String sql) throws SQLException {
        long asked = nanoTime.getAsLong();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Progress progress = Progress.read(statement);
            known = known.then(progress, asked);
            return progress;
        }
    }

    /** Lets another replica take over. */
    @Override
    public void close() {
        rounds.close();
    }
}
