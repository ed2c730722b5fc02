package dev.sallyport.api.verify;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads entry bundles: two bytes of length before each entry, the higher one first. */
final class Bundle {

    private Bundle() {}

    /** The leaves of a bundle; throws where it does not hold as many as it should. */
    static List<byte[]> leaves(TilePath path, byte[] bytes) throws Disagreement {
        long first = path.number() * TilePath.WIDTH;
        List<byte[]> leaves = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (leaves.size() < path.width()) {
            if (!rest.hasRemaining()) {
                throw Disagreement.at(first + leaves.size(), "is missing: the bundle " + path + " ends before it");
            }
            int length = rest.remaining() < 2 ? Integer.MAX_VALUE : Short.toUnsignedInt(rest.getShort());
            if (length > rest.remaining()) {
                throw Disagreement.at(first + leaves.size(), "is cut off: the bundle " + path + " ends within it");
            }
            byte[] leaf = new byte[length];
            rest.get(leaf);
            leaves.add(leaf);
        }
        return leaves;
    }
}
