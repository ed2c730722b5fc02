package dev.sallyport.api.verify;

import dev.sallyport.core.log.Merkle;
import java.util.Arrays;
import java.util.List;

/**
 * Finds where a log shows other entries now than it showed before.
 *
 * @param from the first index that was read then
 * @param roots of 256 entries each, from the one that holds {@code from} on, as they were then
 * @param rest the leaf hashes of the entries behind the last of them
 * @param size how many entries there were
 */
record Fork(LogServer server, long from, List<byte[]> roots, List<byte[]> rest, long size) {

    private static final Tree.Subtrees NOBODY = (height, position, hash) -> {};

    /** Reads the entries once more, as they are under a newer checkpoint; throws at the first that differ. */
    void requireNone(Checkpoint newest) throws Disagreement, Unreadable {
        long tile = from / TilePath.WIDTH;
        for (byte[] root : roots) {
            long first = tile++ * TilePath.WIDTH;
            Tree now = new Tree();
            for (byte[] leaf : leaves(first, newest)) {
                now.add(Merkle.leaf(leaf), NOBODY);
            }
            if (!Arrays.equals(now.root(), root)) {
                throw Disagreement.among(first, first + TilePath.WIDTH, forked(newest));
            }
        }
        requireRest(newest);
    }

    private void requireRest(Checkpoint newest) throws Disagreement, Unreadable {
        if (rest.isEmpty()) {
            return;
        }
        long first = size - rest.size();
        List<byte[]> leaves = leaves(first, newest);
        int offset = (int) (first % TilePath.WIDTH);
        for (int i = 0; i < rest.size(); i++) {
            if (!Arrays.equals(Merkle.leaf(leaves.get(offset + i)), rest.get(i))) {
                throw Disagreement.at(first + i, forked(newest));
            }
        }
    }

    private List<byte[]> leaves(long index, Checkpoint newest) throws Disagreement, Unreadable {
        TilePath path = TilePath.ofEntries(index, newest.size());
        byte[] bundle = server.tile(path)
                .orElseThrow(
                        () -> Disagreement.at(index, "its bundle " + path + " is missing now, and was there before"));
        return Bundle.leaves(path, bundle);
    }

    private String forked(Checkpoint newest) {
        return "under the checkpoint of " + newest.size()
                + " entries the log shows something else than it showed under that of " + size + ": it forked";
    }
}
