package dev.sallyport.core.possession;

import dev.sallyport.core.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The first 16 bytes of a hash over a proof's key and its {@code jti}: enough to tell proofs apart, and no more. */
record ProofId(long high, long low) {

    /** The thumbprint has a fixed length, so no two pairs make one text. */
    static ProofId of(String jkt, String jti) {
        ByteBuffer hash = ByteBuffer.wrap(Hash.sha256((jkt + jti).getBytes(StandardCharsets.UTF_8)));
        return new ProofId(hash.getLong(), hash.getLong());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    }
}
