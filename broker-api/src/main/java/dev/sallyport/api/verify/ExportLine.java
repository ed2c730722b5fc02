package dev.sallyport.api.verify;

import org.jspecify.annotations.Nullable;

/** What one line of an export says, with everything checked that takes no other line. */
sealed interface ExportLine {

    /**
     * An entry.
     *
     * @param leafHash what goes into the tree; empty where there is a fault
     * @param erased whether it has no detail: it was erased, or kept back
     * @param fault what is wrong with it; null where nothing is
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these records.
    record Entry(
            long index,
            byte[] leafHash,
            boolean erased,
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
