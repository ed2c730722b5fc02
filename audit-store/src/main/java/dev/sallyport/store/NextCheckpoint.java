package dev.sallyport.store;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Notes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The step from the last checkpoint to one of the present head, within the caller's transaction.
 *
 * @param trusted knows the signature of the last checkpoint; null where nobody is left who could, so that only its root counts
 */
record NextCheckpoint(
        Connection connection, Head head, @Nullable Notes trusted) {

    /** How many leaf hashes are read at once: 2 MB of them. */
    private static final int STEP = 65_536;

    /**
     * Writes the checkpoint, if the tree has grown; returns whether it did.
     *
     * @throws Disagreement when the tree does not continue the last checkpoint
     */
    boolean sign(Notes signers, Instant now) throws SQLException {
        Optional<Checkpoint> last = Checkpoint.latest(connection);
        long signed = last.map(Checkpoint::size).orElse(0L);
        if (head.size() == signed) {
            return false;
        }
        Disagreement.unless(head.size() > signed, "the log is shorter than its checkpoint of " + signed);
        Frontier tree = last.isPresent() ? verified(last.get()) : Frontier.EMPTY;
        StoredHashes.Completed completed = new StoredHashes.Completed();
        tree = grown(connection, tree, head.size(), completed);
        Disagreement.unless(
                Arrays.equals(tree.bytes(), head.frontier().bytes()),
                "the leaf hashes from " + signed + " up to " + head.size() + " are not those of the log's head");
        completed.store(connection);
        Checkpoint.of(tree, signers).store(connection, now);
        return true;
    }

    /** The tree that a checkpoint speaks of, from what is stored now. */
    private Frontier verified(Checkpoint last) throws SQLException {
        Disagreement.unless(
                trusted == null || last.isSigned(trusted),
                "the checkpoint of " + last.size() + " is not signed by the log's key");
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
}
