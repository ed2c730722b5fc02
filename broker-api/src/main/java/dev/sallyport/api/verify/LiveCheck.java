package dev.sallyport.api.verify;

import dev.sallyport.core.log.Merkle;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Walks a log that is served: recomputes the tree from all entries, compares every hash tile, and follows the tree on to the
 * newest checkpoint.
 *
 * <p>The details are not public, so an export is what they are checked with. Of the entries it keeps one hash for 256.
 */
final class LiveCheck {

    private final LogServer server;
    private final VerifierKey key;
    private final long from;
    private final Progress progress;

    private final HashTiles tiles;
    private final Tree tree = new Tree();

    /** What was computed, for the case that the log shows something else later: of 256 entries each, then of each entry. */
    private final List<byte[]> roots = new ArrayList<>();

    private final List<byte[]> leafHashes = new ArrayList<>();

    /**
     * Prepares a check.
     *
     * @param from what lies before this index is taken from the hash tiles
     */
    LiveCheck(LogServer server, VerifierKey key, long from, Progress progress) {
        this.server = server;
        this.key = key;
        this.from = from;
        this.progress = progress;
        this.tiles = new HashTiles(server);
    }

    /** Reads the whole log; returns what holds, in one line. */
    String run() throws Disagreement, Unreadable {
        Checkpoint first = checkpoint();
        if (from > first.size()) {
            throw Disagreement.at(
                    from, "is not there yet, or no longer: the checkpoint is of " + first.size() + " entries");
        }
        tiles.grow(first.size());
        skip();
        walk(first.size());
        compareRoot(first);
        Checkpoint newest = checkpoint();
        follow(first, newest);
        return result(first, newest);
    }

    private Checkpoint checkpoint() throws Disagreement, Unreadable {
        Checkpoint checkpoint = server.checkpoint();
        checkpoint.require(key);
        return checkpoint;
    }

    /** One subtree for each bit that is set in the index, the largest first. */
    private void skip() throws Disagreement, Unreadable {
        for (int height = Long.SIZE - 1; height >= 0; height--) {
            if ((from >> height & 1) == 1) {
                tree.skip(height, tiles.subtree(height, tree.size() >> height));
            }
        }
    }

    private void walk(long size) throws Disagreement, Unreadable {
        while (tree.size() < size) {
            TilePath path = TilePath.ofEntries(tree.size(), size);
            List<byte[]> leaves = bundle(path);
            long begin = path.number() * TilePath.WIDTH;
            for (byte[] leaf : leaves.subList((int) (tree.size() - begin), leaves.size())) {
                byte[] hash = Merkle.leaf(leaf);
                leafHashes.add(hash);
                tree.add(hash, this::complete);
                progress.at(tree.size());
            }
        }
    }

    private List<byte[]> bundle(TilePath path) throws Disagreement, Unreadable {
        byte[] bytes = server.tile(path)
                .orElseThrow(() -> Disagreement.at(
                        Math.max(from, path.number() * TilePath.WIDTH),
                        "the bundle " + path + " that it is in is missing"));
        return Bundle.leaves(path, bytes);
    }

    private void complete(int height, long position, byte[] hash) throws Disagreement, Unreadable {
        tiles.complete(height, position, hash);
        if (height == TilePath.HEIGHT) {
            roots.add(hash);
            leafHashes.clear();
        }
    }

    private void compareRoot(Checkpoint checkpoint) throws Disagreement {
        if (!checkpoint.has(tree.root())) {
            throw Disagreement.among(
                    0,
                    Math.max(1, checkpoint.size()),
                    "entries and hash tiles agree, but the signed root hash is another one: both were changed");
        }
    }

    /** Proves that a later checkpoint extends the one that was checked, by the very entries in between. */
    private void follow(Checkpoint first, Checkpoint newest) throws Disagreement, Unreadable {
        if (newest.size() < first.size()) {
            throw Disagreement.at(
                    newest.size(),
                    "was taken back: a checkpoint of " + newest.size() + " entries came after one of " + first.size());
        }
        Fork fork = new Fork(server, from, List.copyOf(roots), List.copyOf(leafHashes), first.size());
        tiles.grow(newest.size());
        try {
            walk(newest.size());
        } catch (Disagreement disagreement) {
            fork.requireNone(newest);
            throw disagreement;
        }
        if (!newest.has(tree.root())) {
            fork.requireNone(newest);
            throw Disagreement.at(
                    first.size(),
                    "from it on, or before, the newest checkpoint of " + newest.size()
                            + " entries is of another tree than the" + " entries that are served");
        }
    }

    private String result(Checkpoint first, Checkpoint newest) {
        return newest.size() + " entries of " + newest.origin() + " hold"
                + (from == 0 ? "" : ", those before " + from + " by their hash tiles only")
                + "; root " + Base64.getEncoder().encodeToString(newest.root()) + ", signed by " + key + ". "
                + (newest.size() == first.size()
                        ? "No newer checkpoint came meanwhile."
                        : "This checkpoint extends that of " + first.size() + " entries.");
    }
}
