package dev.sallyport.api.verify;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * A Merkle tree (RFC 6962) that grows leaf by leaf and keeps only the complete subtrees that are still needed.
 *
 * <p>It is written for itself: the broker's own tree is what it is to find fault with.
 */
final class Tree {

    /** Is told of each subtree that becomes complete. */
    @FunctionalInterface
    interface Subtrees {

        /**
         * Takes note of one.
         *
         * @param height 0 for a leaf
         * @param position how many subtrees of this height are to its left
         */
        void complete(int height, long position, byte[] hash) throws Disagreement, Unreadable;
    }

    /** The smallest on top; each is larger than the one above it. */
    private final Deque<byte[]> subtrees = new ArrayDeque<>();

    private long size;

    long size() {
        return size;
    }

    /** Appends a complete subtree without its leaves, at most as large as the lowest bit of the size. */
    void skip(int height, byte[] hash) throws Disagreement, Unreadable {
        append(height, hash, (_, _, _) -> {});
    }

    void add(byte[] leafHash, Subtrees listener) throws Disagreement, Unreadable {
        append(0, leafHash, listener);
    }

    private void append(int from, byte[] subtree, Subtrees listener) throws Disagreement, Unreadable {
        byte[] hash = subtree;
        int height = from;
        long position = size >> height;
        listener.complete(height, position, hash);
        while ((position & 1) == 1) {
            hash = Merkle.node(subtrees.pop(), hash);
            position >>= 1;
            height++;
            listener.complete(height, position, hash);
        }
        subtrees.push(hash);
        size += 1L << from;
    }

    byte[] root() {
        Iterator<byte[]> rightToLeft = subtrees.iterator();
        if (!rightToLeft.hasNext()) {
            return Hash.sha256();
        }
        byte[] root = rightToLeft.next();
        while (rightToLeft.hasNext()) {
            root = Merkle.node(rightToLeft.next(), root);
        }
        return root;
    }
}
