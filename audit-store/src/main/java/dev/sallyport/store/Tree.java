package dev.sallyport.store;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Merkle tree (RFC 6962) of a given size, whose hashes are read from tiles as they are needed.
 *
 * <p>What it answers takes a few tiles, whatever its size: at most two for each level.
 */
final class Tree {

    /** A tile of level L is over 256 hashes of subtrees with 256^L leaves each. */
    static final int TILE_HEIGHT = 8;

    static final int TILE_WIDTH = 1 << TILE_HEIGHT;

    /** Where the hashes are. */
    @FunctionalInterface
    interface Tiles {

        /** The first hashes of a tile, concatenated. */
        byte[] read(int level, long tile, int width) throws SQLException;
    }

    private record Place(int level, long tile) {}

    private final long size;
    private final Tiles tiles;
    private final Map<Place, byte[]> seen = new HashMap<>();

    Tree(long size, Tiles tiles) {
        this.size = size;
        this.tiles = tiles;
    }

    /** How many hashes of a tile there are in a tree of a size: 0 where the tile is beyond it, 256 where it is full. */
    static int width(long size, int level, long tile) {
        if (level >= Long.SIZE / TILE_HEIGHT) {
            return 0;
        }
        long hashes = size >>> (level * TILE_HEIGHT);
        return tile >= (hashes + TILE_WIDTH - 1) >>> TILE_HEIGHT
                ? 0
                : (int) Math.min(TILE_WIDTH, hashes - (tile << TILE_HEIGHT));
    }

    /** All that is needed to append to this tree. */
    Frontier frontier() throws SQLException {
        List<byte[]> hashes = new ArrayList<>();
        long start = 0;
        while (start < size) {
            long length = Long.highestOneBit(size - start);
            hashes.add(hash(start, start + length));
            start += length;
        }
        return Frontier.of(size, Frontier.concatenate(hashes));
    }

    /** The inclusion proof of a leaf, from its sibling upward (RFC 6962 section 2.1.1). */
    List<byte[]> inclusion(long index) throws SQLException {
        List<byte[]> path = new ArrayList<>();
        long start = 0;
        long end = size;
        while (end - start > 1) {
            long middle = middle(start, end);
            if (index < middle) {
                path.add(hash(middle, end));
                end = middle;
            } else {
                path.add(hash(start, middle));
                start = middle;
            }
        }
        return path.reversed();
    }

    /** The hash of the leaves from one index up to another (RFC 6962 section 2.1). */
    private byte[] hash(long start, long end) throws SQLException {
        long length = end - start;
        if (Long.bitCount(length) == 1) {
            return complete(start, Long.numberOfTrailingZeros(length));
        }
        long middle = middle(start, end);
        return Merkle.node(hash(start, middle), hash(middle, end));
    }

    /** What is left of it is the largest complete subtree that leaves something to its right. */
    private static long middle(long start, long end) {
        return start + Long.highestOneBit(end - start - 1);
    }

    /** The hash of a complete subtree of 2^height leaves: of the hashes in one tile. */
    private byte[] complete(long start, int height) throws SQLException {
        int level = height / TILE_HEIGHT;
        long first = start >>> (level * TILE_HEIGHT);
        byte[] tile = tile(level, first >>> TILE_HEIGHT);
        int offset = (int) (first % TILE_WIDTH) * Hash.LENGTH;
        int length = (1 << (height % TILE_HEIGHT)) * Hash.LENGTH;
        return folded(Arrays.copyOfRange(tile, offset, offset + length));
    }

    private static byte[] folded(byte[] hashes) {
        if (hashes.length == Hash.LENGTH) {
            return hashes;
        }
        int half = hashes.length / 2;
        return Merkle.node(
                folded(Arrays.copyOf(hashes, half)), folded(Arrays.copyOfRange(hashes, half, hashes.length)));
    }

    private byte[] tile(int level, long index) throws SQLException {
        Place place = new Place(level, index);
        byte[] hashes = seen.get(place);
        if (hashes == null) {
            hashes = tiles.read(level, index, width(size, level, index));
            seen.put(place, hashes);
        }
        return hashes;
    }

    /** Whether an inclusion proof leads from a leaf to the root of a tree (RFC 9162 section 2.1.3.2). */
    static boolean includes(long size, byte[] root, long index, byte[] leafHash, List<byte[]> path) {
        if (index < 0 || index >= size || leafHash.length != Hash.LENGTH) {
            return false;
        }
        byte[] hash = leafHash;
        long node = index;
        long last = size - 1;
        for (byte[] sibling : path) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                hash = Merkle.node(sibling, hash);
                int skipped = node == 0 ? 0 : Long.numberOfTrailingZeros(node);
                node >>>= skipped;
                last >>>= skipped;
            } else {
                hash = Merkle.node(hash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(hash, root);
    }
}
