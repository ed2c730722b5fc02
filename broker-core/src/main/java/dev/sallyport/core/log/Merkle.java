package dev.sallyport.core.log;

import dev.sallyport.core.Hash;

/** The two hashes of a Merkle tree (RFC 6962 section 2.1). */
public final class Merkle {

    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};

    private Merkle() {}

    public static byte[] leaf(byte[] entry) {
        return Hash.sha256(LEAF, entry);
    }

    public static byte[] node(byte[] left, byte[] right) {
        return Hash.sha256(NODE, left, right);
    }
}
