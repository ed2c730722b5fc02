package dev.sallyport.store;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.util.Arrays;
import java.util.List;

/**
 * The compact range of a Merkle tree (RFC 6962): all that is needed to append to it.
 *
 * <p>One hash for each bit that is set in the size, the largest subtree first. Immutable.
 */
final class Frontier {

    static final Frontier EMPTY = new Frontier(0, new byte[0][]);

    private final long size;
    private final byte[][] hashes;

    private Frontier(long size, byte[][] hashes) {
        this.size = size;
        this.hashes = hashes;
    }

    /** Reads what {@link #bytes} wrote. */
    static Frontier of(long size, byte[] bytes) {
        int count = Long.bitCount(size);
        if (size < 0 || bytes.length != count * Hash.LENGTH) {
            throw new IllegalStateException("a frontier of " + bytes.length + " bytes does not fit a log of " + size);
        }
        byte[][] hashes = new byte[count][];
        for (int i = 0; i < count; i++) {
            hashes[i] = Arrays.copyOfRange(bytes, i * Hash.LENGTH, (i + 1) * Hash.LENGTH);
        }
        return new Frontier(size, hashes);
    }

    long size() {
        return size;
    }

    /** The hashes, concatenated from left to right. */
    byte[] bytes() {
        return concatenate(Arrays.asList(hashes));
    }

    /** Is told of each subtree of 256 leaves, of 65,536 and so on that becomes complete: what full tiles are made of. */
    @FunctionalInterface
    interface Subtrees {

        /**
         * Takes one.
         *
         * @param level there are 256 to the power of this many leaves in it; from 1
         * @param index how many of that level are to its left
         */
        void complete(int level, long index, byte[] hash);
    }

    /** This range with more leaves to its right, given by their leaf hashes. */
    Frontier plus(List<byte[]> leafHashes) {
        return plus(leafHashes, (level, index, hash) -> {});
    }

    Frontier plus(List<byte[]> leafHashes, Subtrees completed) {
        byte[][] stack = Arrays.copyOf(hashes, Long.SIZE);
        int depth = hashes.length;
        long grown = size;
        for (byte[] leafHash : leafHashes) {
            byte[] right = leafHash;
            int height = 0;
            // Each trailing one of the size is a complete subtree, as large as the one that has just been completed.
            for (long ones = grown; (ones & 1) == 1; ones >>>= 1) {
                right = Merkle.node(stack[--depth], right);
                height++;
                if (height % Tree.TILE_HEIGHT == 0) {
                    completed.complete(height / Tree.TILE_HEIGHT, grown >>> height, right);
                }
            }
            stack[depth++] = right;
            grown++;
        }
        return new Frontier(grown, Arrays.copyOf(stack, depth));
    }

    /** The tree's root hash. */
    byte[] root() {
        if (hashes.length == 0) {
            return Hash.sha256();
        }
        byte[] root = hashes[hashes.length - 1];
        for (int i = hashes.length - 2; i >= 0; i--) {
            root = Merkle.node(hashes[i], root);
        }
        return root;
    }

    static byte[] concatenate(List<byte[]> hashes) {
        byte[] bytes = new byte[hashes.size() * Hash.LENGTH];
        for (int i = 0; i < hashes.size(); i++) {
            System.arraycopy(hashes.get(i), 0, bytes, i * Hash.LENGTH, Hash.LENGTH);
        }
        return bytes;
    }
}
