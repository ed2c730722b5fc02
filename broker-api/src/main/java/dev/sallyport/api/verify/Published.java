package dev.sallyport.api.verify;

import org.jspecify.annotations.Nullable;

/**
 * What a log publishes, to compare an export with: each leaf with its hash tile, and the whole tree with the signed root.
 *
 * <p>What an export does not hold, before it and behind it, is taken from the hash tiles: so a part of the log can be shown to
 * be a part of it, long after it was archived.
 */
final class Published {

    private final VerifierKey key;
    private final Checkpoint checkpoint;
    private final HashTiles tiles;
    private final Tree tree = new Tree();

    private Published(VerifierKey key, Checkpoint checkpoint, HashTiles tiles) {
        this.key = key;
        this.checkpoint = checkpoint;
        this.tiles = tiles;
    }

    /**
     * Fetches the checkpoint, and the hash tiles of what lies before an export.
     *
     * @param from the index of its first line
     */
    static Published before(long from, LogServer server, VerifierKey key) throws Disagreement, Unreadable {
        Checkpoint checkpoint = server.checkpoint();
        checkpoint.require(key);
        if (from > checkpoint.size()) {
            throw new Unreadable("the log's checkpoint is of " + checkpoint.size() + " entries only");
        }
        HashTiles tiles = new HashTiles(server);
        tiles.grow(checkpoint.size());
        Published published = new Published(key, checkpoint, tiles);
        published.fill(from);
        return published;
    }

    /** Compares the next leaf, unless the checkpoint does not cover it. */
    void add(byte[] leafHash) throws Disagreement, Unreadable {
        if (tree.size() < checkpoint.size()) {
            tree.add(leafHash, tiles);
        }
    }

    /**
     * Compares the root; returns what holds, in one sentence.
     *
     * @param end the index behind the export's last line
     * @param to the one that it was to end at; {@link Long#MAX_VALUE} where it was to hold all
     * @param stated the export's own last checkpoint: where it ends with that, the log has only grown since
     */
    String end(long end, long to, @Nullable Checkpoint stated) throws Disagreement, Unreadable {
        boolean whole = stated != null && stated.size() == end;
        if (stated != null) {
            stated.require(key);
        }
        if (!whole && end < Math.min(to, checkpoint.size())) {
            throw Disagreement.at(
                    end,
                    "is missing: the log's checkpoint is of " + checkpoint.size()
                            + " entries (--to tells where an export was to end)");
        }
        fill(checkpoint.size());
        if (!checkpoint.has(tree.root())) {
            throw Disagreement.among(
                    0, Math.max(1, checkpoint.size()), "the hash tiles have another root than the log's checkpoint");
        }
        String whose =
                "They are in the log's tree of " + checkpoint.size() + " entries, whose root is signed by " + key + ".";
        return end <= checkpoint.size()
                ? whose
                : whose + " It does not cover the last " + (end - checkpoint.size()) + ".";
    }

    /** Takes from the hash tiles what lies before an index: the largest subtrees that fit. */
    private void fill(long end) throws Disagreement, Unreadable {
        while (tree.size() < end) {
            long fits = Long.highestOneBit(end - tree.size());
            long aligned = tree.size() == 0 ? fits : Math.min(fits, Long.lowestOneBit(tree.size()));
            int height = Long.numberOfTrailingZeros(aligned);
            tree.skip(height, tiles.subtree(height, tree.size() >> height));
        }
    }
}
