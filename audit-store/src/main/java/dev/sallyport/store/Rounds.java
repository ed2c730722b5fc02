package dev.sallyport.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does one thing over and over, on one connection of its own.
 *
 * <p>It never gives up: where a round fails it drops the connection and opens another, at once and then ever more slowly, up
 * to a second apart. It tells of an outage once, and once of its end.
 */
final class Rounds implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Logger LOG = System.getLogger(Rounds.class.getName());

    /** What is done with the connection. */
    @FunctionalInterface
    interface Task {
        void with(Connection connection) throws SQLException, InterruptedException;
    }

    private final DataSource source;
    private final Duration answerWithin;
    private final Task opening;
    private final Task round;
    private final Thread thread;
    private final BackOff backOff = new BackOff();
    private volatile @Nullable Connection connection;
    private volatile boolean closing;
    private boolean failing;

    /**
     * Makes the thread, which is yet to be started.
     *
     * @param name the thread's
     * @param answerWithin bounds every answer of the database: a silent one must not hold the thread
     * @param opening prepares each new connection
     * @param round is repeated, and waits for as long as there is nothing to do
     */
    Rounds(String name, DataSource source, Duration answerWithin, Task opening, Task round) {
        this.source = source;
        this.answerWithin = answerWithin;
        this.opening = opening;
        this.round = round;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closing) {
                connectAndRepeat();
                backOff.await();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void connectAndRepeat() throws InterruptedException {
        try (Connection opened = source.getConnection()) {
            opened.setNetworkTimeout(Runnable::run, (int) answerWithin.toMillis());
            connection = opened;
            opening.with(opened);
            while (!closing) {
                round.with(opened);
                succeeded();
            }
        } catch (SQLException | RuntimeException e) {
            failed(e);
        } finally {
            connection = null;
        }
    }

    private void succeeded() {
        backOff.reset();
        if (failing) {
            failing = false;
            LOG.log(Level.INFO, "{0}: the database is back", thread.getName());
        }
    }

    private void failed(Exception why) {
        backOff.failed();
        if (!failing && !closing) {
            failing = true;
            LOG.log(Level.WARNING, "{0}: the database is not available: {1}", thread.getName(), why.getMessage());
        }
    }

    /** Ends after the round that is under way, or cuts it off where it takes long. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(PATIENCE);
            Connection held = connection;
            if (held != null) {
                held.abort(Runnable::run);
            }
        } catch (SQLException e) {
            // It was lost already.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
