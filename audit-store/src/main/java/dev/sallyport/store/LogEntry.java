package dev.sallyport.store;

import org.jspecify.annotations.Nullable;

/**
 * One entry as the log holds it.
 *
 * @param index its position in the log
 * @param leaf the bytes that are hashed
 * @param detail the bytes that the leaf commits to, with the salt; null where erased
 * @param erasure the index of the entry that erased them; null where none did
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way to an auditor; nobody compares these records.
public record LogEntry(
        long index,
        byte[] leaf,
        byte @Nullable [] detail,
        byte @Nullable [] salt,
        @Nullable Long erasure) {

    @Override
    public String toString() {
        return "LogEntry[" + index + "]";
    }
}
