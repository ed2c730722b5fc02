package dev.sallyport.store;

import dev.sallyport.core.log.Notes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Signs the tree's head about once a second while it grows: one replica at a time, the others stand by.
 *
 * <p>It signs only what it has seen to continue the last checkpoint, and keeps nothing in memory from one to the next. What it
 * reads, and the new checkpoint, is one transaction in the session that holds the lock: whoever has lost that can't write.
 */
final class Checkpointer implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(800);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Logger LOG = System.getLogger(Checkpointer.class.getName());

    /** The server ends a session that has gone silent, and gives its lock to the next. */
    private static final String SETTINGS = """
            SET application_name = 'sallyport checkpointer';
            SET synchronous_commit = on;
            SET default_transaction_isolation = 'repeatable read';
            SET idle_session_timeout = '5s';
            SET idle_in_transaction_session_timeout = '5s';
            SET jit = off
            """;

    private static final String TAKE_OVER = "SELECT pg_try_advisory_lock(hashtext('sallyport checkpointer'))";

    private final LongFunction<Notes> notes;
    private final InstantSource clock;
    private final Rounds rounds;
    private boolean holding;
    private volatile @Nullable String problem;

    Checkpointer(DataSource source, LongFunction<Notes> notes, InstantSource clock) {
        this.notes = notes;
        this.clock = clock;
        this.rounds = new Rounds("checkpointer", source, ANSWER_WITHIN, this::open, this::round);
    }

    void start() {
        rounds.start();
    }

    /** Why nothing is signed although the tree has grown, as this replica has found; for any thread. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void open(Connection connection) throws SQLException {
        holding = false;
        problem = null;
        try (Statement settings = connection.createStatement()) {
            settings.execute(SETTINGS);
        }
    }

    private void round(Connection connection) throws SQLException, InterruptedException {
        holding = holding || takesOver(connection);
        if (holding) {
            connection.setAutoCommit(false);
            try {
                sign(connection);
                connection.clearWarnings();
                connection.commit();
                Doubt.ifWarned(connection.getWarnings());
            } catch (Disagreement e) {
                connection.rollback();
                tell(e.getMessage());
            }
            connection.setAutoCommit(true);
        }
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    }

    private static boolean takesOver(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TAKE_OVER);
                ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void tell(@Nullable String what) {
        if (what != null && !what.equals(problem)) {
            LOG.log(Level.ERROR, "no checkpoint is signed, since the log does not fit together: {0}", what);
        }
        problem = what;
    }

    private void sign(Connection connection) throws SQLException {
        Head head;
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT)) {
            head = Head.read(select);
        }
        Notes signers = notes.apply(head.epoch());
        if (new NextCheckpoint(connection, head, signers).sign(signers, clock.instant())) {
            tell(null);
        }
    }

    /** Lets another replica take over. */
    @Override
    public void close() {
        rounds.close();
    }
}
