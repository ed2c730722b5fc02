package dev.sallyport.store;

import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.SealedEntry;
import java.security.SecureRandom;

/**
 * An entry that is ready to be written.
 *
 * @param entry what is stored
 * @param leafHash what goes into the tree
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way to the database; nobody compares these records.
record HashedEntry(SealedEntry entry, byte[] leafHash) {

    private static final int SALT_LENGTH = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Seals an entry with a new salt, and hashes it: the work that need not wait for the appender. */
    static HashedEntry of(Entry entry) {
        byte[] salt = new byte[SALT_LENGTH];
        RANDOM.nextBytes(salt);
        SealedEntry sealed = entry.seal(salt);
        return new HashedEntry(sealed, sealed.leafHash());
    }

    @Override
    public String toString() {
        return entry.toString();
    }
}
