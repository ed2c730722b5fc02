package dev.sallyport.api.verify;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one line of an export says, with everything checked that takes no other line. */
sealed interface ExportLine {

    /**
     * An entry.
     *
     * @param leafHash what goes into the tree; empty where there is a fault
     * @param erased whether it has no detail: it was erased, or kept back
     * @param erasure the index of the entry that is said to have erased it; -1 where none is
     * @param erases the entries whose details it erases
     * @param fault what is wrong with it; null where nothing is
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these records.
    record Entry(
            long index,
            byte[] leafHash,
            boolean erased,
            long erasure,
            Set<Long> erases,
            @Nullable String fault) implements ExportLine {}

    /** A checkpoint. */
    record Signed(String note) implements ExportLine {}

    /**
     * Neither.
     *
     * @param fault what is wrong with it
     */
    record Broken(String fault) implements ExportLine {}
}
