package dev.sallyport.store;

import dev.sallyport.core.Hash;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

    /** How many leaf hashes are read at once: 2 MB of them. */
    private static final int STEP = 65_536;

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

    private final Notes notes;
    private final InstantSource clock;
    private final Rounds rounds;
    private boolean holding;
    private volatile @Nullable String problem;

    Checkpointer(DataSource source, Notes notes, InstantSource clock) {
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

    /**
     * Writes the next checkpoint, if the tree has grown.
     *
     * @throws Disagreement when it does not continue the last one
     */
    private void sign(Connection connection) throws SQLException {
        Head head;
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT)) {
            head = Head.read(select);
        }
        Optional<Checkpoint> last = Checkpoint.latest(connection);
        long signed = last.map(Checkpoint::size).orElse(0L);
        if (head.size() == signed) {
            return;
        }
        Disagreement.unless(head.size() > signed, "the log is shorter than its checkpoint of " + signed);
        Frontier tree = last.isPresent() ? verified(connection, last.get()) : Frontier.EMPTY;
        StoredHashes.Completed completed = new StoredHashes.Completed();
        tree = grown(connection, tree, head.size(), completed);
        Disagreement.unless(
                Arrays.equals(tree.bytes(), head.frontier().bytes()),
                "the leaf hashes from " + signed + " up to " + head.size() + " are not those of the log's head");
        completed.store(connection);
        Checkpoint.of(tree, notes).store(connection, clock.instant());
        tell(null);
    }

    /** The tree that a checkpoint speaks of, from what is stored now. */
    private Frontier verified(Connection connection, Checkpoint last) throws SQLException {
        Disagreement.unless(
                last.isSigned(notes), "the checkpoint of " + last.size() + " is not signed by the log's key");
        Frontier tree = new Tree(last.size(), new StoredHashes(connection)).frontier();
        Disagreement.unless(last.isOf(tree), "the stored hashes are not those of the checkpoint of " + last.size());
        return tree;
    }

    private static Frontier grown(Connection connection, Frontier tree, long size, Frontier.Subtrees completed)
            throws SQLException {
        StoredHashes stored = new StoredHashes(connection);
        Frontier grown = tree;
        while (grown.size() < size) {
            long end = Math.min(size, grown.size() + STEP);
            grown = grown.plus(split(stored.leaves(grown.size(), end)), completed);
        }
        return grown;
    }

    private static List<byte[]> split(byte[] hashes) {
        List<byte[]> split = new ArrayList<>(hashes.length / Hash.LENGTH);
        for (int at = 0; at < hashes.length; at += Hash.LENGTH) {
            split.add(Arrays.copyOfRange(hashes, at, at + Hash.LENGTH));
        }
        return split;
    }

    /** Lets another replica take over. */
    @Override
    public void close() {
        rounds.close();
    }
}
