package dev.sallyport.store;

import java.util.List;

/** What there is to say of a token's place in the log. */
public sealed interface ReceiptAnswer {

    /**
     * Proof that the leaf is in the tree of the checkpoint.
     *
     * @param index the leaf's
     * @param leaf the bytes that are hashed
     * @param path the inclusion proof, from the leaf's sibling upward
     * @param checkpoint the note of the checkpoint
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way to a reader; nobody compares these records.
    record Receipt(long index, byte[] leaf, List<byte[]> path, String checkpoint) implements ReceiptAnswer {

        public Receipt {
            path = List.copyOf(path);
        }

        @Override
        public String toString() {
            return "Receipt[" + index + "]";
        }
    }

    /**
     * The same for an entry that has been archived: its leaf is in the archive.
     *
     * @param index the leaf's
     * @param path the inclusion proof, from the leaf's sibling upward
     * @param checkpoint the note of the checkpoint
     */
    record WithoutLeaf(long index, List<byte[]> path, String checkpoint) implements ReceiptAnswer {

        public WithoutLeaf {
            path = List.copyOf(path);
        }
    }

    /** It may be in the log, but no checkpoint covers it yet. */
    record NotYet() implements ReceiptAnswer {}

    /** It is not in the log. */
    record Unknown() implements ReceiptAnswer {}

    /**
     * It is not among the entries that were searched.
     *
     * @param first the index from which they were; what lies before has been archived
     */
    record UnknownFrom(long first) implements ReceiptAnswer {}
}
