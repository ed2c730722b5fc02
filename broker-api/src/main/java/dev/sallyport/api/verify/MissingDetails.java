package dev.sallyport.api.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Entries without their detail: each must be named by a later entry that says it was erased. */
final class MissingDetails {

    /** What still waits for that entry, by its index. */
    private final SortedMap<Long, List<Long>> waiting = new TreeMap<>();

    private long erased;

    /** Notes an entry without a detail, and the index of the one that is said to have erased it; -1 where none is. */
    void add(long index, long erasure) throws Disagreement {
        if (erasure <= index) {
            throw unexplained(index);
        }
        waiting.computeIfAbsent(erasure, _ -> new ArrayList<>()).add(index);
    }

    /** Reads on: an entry, and those whose details it erases. */
    void erasedBy(long erasure, Set<Long> entries) throws Disagreement {
        List<Long> claimed = waiting.remove(erasure);
        if (claimed == null) {
            return;
        }
        for (long index : claimed) {
            if (!entries.contains(index)) {
                throw unexplained(index);
            }
        }
        erased += claimed.size();
    }

    private static Disagreement unexplained(long index) {
        return Disagreement.at(index, "its detail is missing, and no entry erases it");
    }

    /** What there is to say of them at the end. */
    String told() {
        String told = erased == 0 ? "" : ", " + erased + " of them without their detail, which a later entry erases";
        long open = waiting.values().stream().mapToLong(List::size).sum();
        return open == 0
                ? told
                : told + ", " + open + " of them without their detail, of which it is said that entry "
                        + waiting.firstKey() + " or a later one, behind the end, erases it: a longer export tells";
    }
}
