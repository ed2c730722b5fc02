package dev.sallyport.core.possession;

import com.nimbusds.jose.util.Base64URL;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * Makes nonces for DPoP proofs (RFC 9449 section 8), and knows its own again, at every replica.
 *
 * <p>Nothing is stored: a nonce is 32 characters for the second in which it was made, 4 random bytes and 16 bytes of a MAC.
 * It is good for {@link #LIFETIME}.
 */
public final class Nonces {

    /** How long a nonce is good. */
    public static final Duration LIFETIME = Duration.ofMinutes(5);

    /** How far the clock of the replica that made it may be ahead. */
    private static final Duration SKEW = Duration.ofSeconds(5);

    private static final int TIME = Integer.BYTES;
    private static final int BODY = TIME + Integer.BYTES;
    private static final int LENGTH = BODY + 16;
    private static final int CHARACTERS = LENGTH / 3 * 4;

    private final NonceKey key;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public Nonces(NonceKey key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /** A new nonce. */
    public String fresh() {
        byte[] body = ByteBuffer.allocate(BODY)
                .putInt((int) clock.instant().getEpochSecond())
                .putInt(random.nextInt())
                .array();
        return Base64URL.encode(sealed(body)).toString();
    }

    /** Whether a nonce is one of the broker's that is not too old. */
    boolean good(String nonce) {
        if (nonce.length() != CHARACTERS) {
            return false;
        }
        byte[] bytes = new Base64URL(nonce).decode();
        if (bytes.length != LENGTH || !MessageDigest.isEqual(bytes, sealed(Arrays.copyOf(bytes, BODY)))) {
            return false;
        }
        Instant made = Instant.ofEpochSecond(
                Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()));
        Instant now = clock.instant();
        return !made.isAfter(now.plus(SKEW)) && now.isBefore(made.plus(LIFETIME));
    }

    private byte[] sealed(byte[] body) {
        byte[] nonce = Arrays.copyOf(body, LENGTH);
        System.arraycopy(key.mac(body), 0, nonce, BODY, LENGTH - BODY);
        return nonce;
    }
}
