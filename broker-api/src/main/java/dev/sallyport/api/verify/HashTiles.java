package dev.sallyport.api.verify;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a log publishes as hash tiles with the hashes that were computed from its entries.
 *
 * <p>It keeps one tile of each level, the one that the tree grows through.
 */
final class HashTiles implements Tree.Subtrees {

    /** 256^8 entries are more than there can be. */
    private static final int LEVELS = 8;

    private final LogServer server;
    private final @Nullable Loaded[] loaded = new Loaded[LEVELS];
    private long size;

    /**
     * A tile that was fetched.
     *
     * @param hashes concatenated
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these records.
    private record Loaded(TilePath path, byte[] hashes) {

        boolean holds(long node) {
            return node / TilePath.WIDTH == path.number() && node % TilePath.WIDTH < path.width();
        }

        byte[] hash(long node) {
            int at = (int) (node % TilePath.WIDTH) * Hash.LENGTH;
            return Arrays.copyOfRange(hashes, at, at + Hash.LENGTH);
        }
    }

    HashTiles(LogServer server) {
        this.server = server;
    }

    /** From now on the tiles are those of a log of this size. */
    void grow(long newSize) {
        size = newSize;
    }

    @Override
    public void complete(int height, long position, byte[] hash) throws Disagreement, Unreadable {
        if (height % TilePath.HEIGHT != 0) {
            return;
        }
        if (!Arrays.equals(tile(height / TilePath.HEIGHT, position).hash(position), hash)) {
            long first = position << height;
            throw Disagreement.among(
                    first,
                    first + (1L << height),
                    height == 0
                            ? "its leaf has another hash than the hash tile"
                            : "they have another hash than the hash tile of level " + height / TilePath.HEIGHT);
        }
    }

    /** The hash of a complete subtree, as the log publishes it. */
    byte[] subtree(int height, long position) throws Disagreement, Unreadable {
        if (height % TilePath.HEIGHT == 0) {
            return tile(height / TilePath.HEIGHT, position).hash(position);
        }
        return Merkle.node(subtree(height - 1, 2 * position), subtree(height - 1, 2 * position + 1));
    }

    private Loaded tile(int level, long node) throws Disagreement, Unreadable {
        Loaded known = loaded[level];
        if (known != null && known.holds(node)) {
            return known;
        }
        TilePath path = TilePath.of(level, node, size);
        byte[] hashes = server.tile(path).orElseThrow(() -> missing(path, level));
        if (hashes.length < path.width() * Hash.LENGTH) {
            throw missing(path, level);
        }
        Loaded fetched = new Loaded(path, hashes);
        loaded[level] = fetched;
        return fetched;
    }

    private static Disagreement missing(TilePath path, int level) {
        return Disagreement.at(
                (path.number() * TilePath.WIDTH) << (level * TilePath.HEIGHT),
                "the hash tile " + path + " that begins with it is missing or too short");
    }
}
