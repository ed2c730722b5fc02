package dev.sallyport.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * Hands the log to a receiver outside, in its order and each entry at least once: one replica at a time, the others stand by.
 *
 * <p>How far it got is in the database, and moves on only once the receiver has taken the entries. A receiver that is away, or
 * refuses, is tried again for ever, up to a minute apart; nothing is left out for it. Issuing never waits for it.
 */
public final class Delivery implements AutoCloseable {

    /** Takes entries. */
    @FunctionalInterface
    public interface Receiver {

        /**
         * Takes entries that follow on each other, or the first of them.
         *
         * <p>Duties: return only once they are safe; answer within 10 s.
         *
         * @return how many it took, from 1
         * @throws IOException where it took none, or nobody knows
         */
        int take(List<LogEntry> entries) throws IOException;
    }

    private static final Logger LOG = System.getLogger(Delivery.class.getName());

    private static final int BATCH = 500;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    /** The server ends a session that has gone silent, and gives its lock to the next: later than any pause here. */
    private static final String SETTINGS = """
            SET application_name = 'sallyport delivery';
            SET synchronous_commit = on;
            SET idle_session_timeout = '90s';
            SET lock_timeout = '4s'
            """;

    private static final String TAKE_OVER = "SELECT pg_try_advisory_lock(hashtext('sallyport delivery ' || ?))";
    private static final String BEGIN = "INSERT INTO sallyport.delivery (receiver) VALUES (?) ON CONFLICT DO NOTHING";

    private static final String POSITION = """
            SELECT d.next, h.size FROM sallyport.delivery d, sallyport.log_head h WHERE d.receiver = ?
            """;

    private static final String MOVE =
            "UPDATE sallyport.delivery SET next = ?, moved = now() WHERE receiver = ? AND next = ?";

    private record Position(long next, long size) {

        long behind() {
            return Math.max(0, size - next);
        }
    }

    private final String name;
    private final Events events;
    private final Receiver receiver;
    private final Rounds rounds;
    private boolean holding;
    private Duration pause = Duration.ZERO;
    private volatile long behind;
    private final AtomicLong failures = new AtomicLong();

    Delivery(String name, DataSource source, Events events, Receiver receiver) {
        this.name = name;
        this.events = events;
        this.receiver = receiver;
        this.rounds = new Rounds("delivery", source, ANSWER_WITHIN, this::open, this::round);
    }

    void start() {
        rounds.start();
    }

    /** How many entries the receiver lacks, as last seen. */
    public long behind() {
        return behind;
    }

    /** How often this replica could not hand over what it had. */
    public long failures() {
        return failures.get();
    }

    private void open(Connection connection) throws SQLException {
        holding = false;
        try (Statement settings = connection.createStatement();
                PreparedStatement begin = connection.prepareStatement(BEGIN)) {
            settings.execute(SETTINGS);
            begin.setString(1, name);
            begin.executeUpdate();
        }
    }

    private void round(Connection connection) throws SQLException, InterruptedException {
        holding = holding || takesOver(connection);
        Position position = position(connection);
        behind = position.behind();
        if (!holding || behind == 0) {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            return;
        }
        List<LogEntry> entries = events.read(position.next, position.size, BATCH);
        long next = entries.isEmpty() ? position.size : taken(entries);
        if (next > position.next) {
            move(connection, position.next, next);
        } else {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }
    }

    /** The index behind the last entry that was taken; 0 where none was. */
    private long taken(List<LogEntry> entries) {
        try {
            long next = entries.get(receiver.take(entries) - 1).index() + 1;
            if (pause.isPositive()) {
                LOG.log(Level.INFO, "the log is handed over again, from entry {0}", text(entries));
            }
            pause = Duration.ZERO;
            return next;
        } catch (IOException e) {
            failures.incrementAndGet();
            if (!pause.isPositive() || pause.equals(LONGEST_PAUSE)) {
                LOG.log(
                        Level.WARNING,
                        "the log can''t be handed over at entry {0}: {1}",
                        text(entries),
                        e.getMessage());
            }
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(PAUSE) < 0
                    ? PAUSE
                    : doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            return 0;
        }
    }

    private static String text(List<LogEntry> entries) {
        return Long.toString(entries.getFirst().index());
    }

    private boolean takesOver(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TAKE_OVER)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private Position position(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(POSITION)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("there is no delivery of that name");
                }
                return new Position(row.getLong(1), row.getLong(2));
            }
        }
    }

    private void move(Connection connection, long from, long to) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(MOVE)) {
            update.setLong(1, to);
            update.setString(2, name);
            update.setLong(3, from);
            if (update.executeUpdate() != 1) {
                throw new SQLException("another replica has moved on");
            }
        }
    }

    /** Lets another replica take over. */
    @Override
    public void close() {
        rounds.close();
    }
}
