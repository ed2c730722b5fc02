package dev.sallyport.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Tells a listener of every new epoch, revocation and posture, and knows as of when it has.
 *
 * <p>It polls the head; a notification only makes the next poll come sooner, so nothing depends on one.
 */
public final class ChangeFeed implements AutoCloseable {

    private static final Duration POLL_EVERY = Duration.ofMillis(200);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);
    private static final Logger LOG = System.getLogger(ChangeFeed.class.getName());
    private static final String SETTINGS = "SET application_name = 'sallyport feed'; LISTEN sallyport_state";
    private static final String NEWS = """
            SELECT epoch, coalesce((SELECT max(entry) FROM sallyport.revocation), -1),
              coalesce((SELECT max(entry) FROM sallyport.posture), -1) FROM sallyport.log_head
            """;

    /**
     * How far things are in the database.
     *
     * @param revocation the entry of the latest revocation; negative where there is none
     * @param posture the entry that last said something of an agent; negative where there is none
     */
    public record News(long epoch, long revocation, long posture) {}

    /** Who wants to know. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Takes what is new, the first time included, and returns when it is in force.
         *
         * <p>Where it throws, such as {@link dev.sallyport.core.Unavailable}, it is told again at the next poll.
         *
         */
        void moved(News news);
    }

    private final Listener listener;
    private final LongSupplier nanoTime;
    private final Duration pollEvery;
    private final Rounds rounds;
    private News taken = new News(-1, -1, -1);
    private boolean failing;
    private volatile OptionalLong asOf = OptionalLong.empty();

    ChangeFeed(DataSource source, Listener listener, LongSupplier nanoTime) {
        this(source, listener, nanoTime, POLL_EVERY);
    }

    ChangeFeed(DataSource source, Listener listener, LongSupplier nanoTime, Duration pollEvery) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.pollEvery = pollEvery;
        this.rounds = new Rounds("change-feed", source, ANSWER_WITHIN, ChangeFeed::listen, this::poll);
    }

    void start() {
        rounds.start();
    }

    /**
     * The moment, in the given monotonic time, as of which the listener knows everything: the start of the last poll that
     * succeeded and whose epoch it took. Empty before the first.
     */
    public OptionalLong asOf() {
        return asOf;
    }

    private static void listen(Connection connection) throws SQLException {
        try (Statement settings = connection.createStatement()) {
            settings.execute(SETTINGS);
        }
    }

    private void poll(Connection connection) throws SQLException {
        long started = nanoTime.getAsLong();
        if (took(news(connection))) {
            asOf = OptionalLong.of(started);
        }
        connection.unwrap(PGConnection.class).getNotifications((int) pollEvery.toMillis());
    }

    private static News news(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEWS);
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the log has no head");
            }
            return new News(row.getLong(1), row.getLong(2), row.getLong(3));
        }
    }

    private boolean took(News news) {
        if (news.equals(taken)) {
            return true;
        }
        try {
            listener.moved(news);
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.log(Level.WARNING, "epoch {0} could not be taken over yet: {1}", news.epoch, e.getMessage());
            }
            failing = true;
            return false;
        }
        taken = news;
        failing = false;
        return true;
    }

    /** Tells nothing more. */
    @Override
    public void close() {
        rounds.close();
    }
}
