package dev.sallyport.core.log;

import dev.sallyport.core.Hash;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it is stored.
 *
 * @param jti the token's id, by which it is found again; null where there is no token
 * @param leaf the bytes that are hashed: canonical JSON
 * @param salt 16 random bytes
 * @param detail the bytes that the leaf commits to: SHA-256 of salt and detail
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way to the database; nobody compares these records.
public record SealedEntry(@Nullable UUID jti, byte[] leaf, byte[] salt, byte[] detail) {

    /** The leaf's hash in the Merkle tree (RFC 6962 section 2.1). */
    public byte[] leafHash() {
        return Merkle.leaf(leaf);
    }

    @Override
    public String toString() {
        return "SealedEntry[" + Hash.hex(leafHash()) + "]";
    }
}
