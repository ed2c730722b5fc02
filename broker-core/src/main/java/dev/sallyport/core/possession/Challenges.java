package dev.sallyport.core.possession;

import dev.sallyport.core.Hash;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;

/**
 * Makes challenges that evidence can carry, and knows its own again, at every replica.
 *
 * <p>Nothing is stored: a challenge is 32 letters and digits for the second in which it was made, 4 random bytes and 15 bytes of
 * a MAC that covers the key of the caller that it is for. It is good for {@link #LIFETIME}. That it is used once only is for
 * others to see to, by its {@link #id}.
 */
public final class Challenges {

    /** How long a challenge is good. */
    public static final Duration LIFETIME = Duration.ofMinutes(5);

    /** How many characters it has: as many as Azure's metadata service takes. */
    public static final int CHARACTERS = 32;

    /** How far the clock of the replica that made it may be ahead. */
    private static final Duration SKEW = Duration.ofSeconds(5);

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger RADIX = BigInteger.valueOf(ALPHABET.length());
    private static final int BODY = 2 * Integer.BYTES;
    private static final int LENGTH = BODY + 15;

    private final NonceKey key;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public Challenges(NonceKey key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /**
     * A new challenge.
     *
     * @param jkt the RFC 7638 thumbprint of the key that it is for
     */
    public String fresh(String jkt) {
        byte[] body = ByteBuffer.allocate(BODY)
                .putInt((int) clock.instant().getEpochSecond())
                .putInt(random.nextInt())
                .array();
        return letters(sealed(body, jkt));
    }

    /** When a challenge that the broker made for that key ends; empty where it is not one, or has ended. */
    public Optional<Instant> ends(String challenge, String jkt) {
        byte[] bytes = bytes(challenge);
        if (bytes.length != LENGTH || !MessageDigest.isEqual(bytes, sealed(Arrays.copyOf(bytes, BODY), jkt))) {
            return Optional.empty();
        }
        Instant made = Instant.ofEpochSecond(
                Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()));
        Instant now = clock.instant();
        Instant end = made.plus(LIFETIME);
        return made.isAfter(now.plus(SKEW)) || !now.isBefore(end) ? Optional.empty() : Optional.of(end);
    }

    /** The first 16 bytes of a hash that tell a challenge from all others, and from every DPoP proof. */
    public static byte[] id(String challenge) {
        byte[] hash = Hash.sha256(("challenge " + challenge).getBytes(StandardCharsets.US_ASCII));
        return Arrays.copyOf(hash, 16);
    }

    /** Another text than a DPoP nonce has under the same key: that one is 8 bytes long. */
    private byte[] sealed(byte[] body, String jkt) {
        byte[] holder = ("challenge " + jkt).getBytes(StandardCharsets.UTF_8);
        byte[] mac = key.mac(
                ByteBuffer.allocate(BODY + holder.length).put(body).put(holder).array());
        byte[] challenge = Arrays.copyOf(body, LENGTH);
        System.arraycopy(mac, 0, challenge, BODY, LENGTH - BODY);
        return challenge;
    }

    private static String letters(byte[] bytes) {
        char[] letters = new char[CHARACTERS];
        BigInteger rest = new BigInteger(1, bytes);
        for (int i = CHARACTERS - 1; i >= 0; i--) {
            BigInteger[] parts = rest.divideAndRemainder(RADIX);
            letters[i] = ALPHABET.charAt(parts[1].intValue());
            rest = parts[0];
        }
        return new String(letters);
    }

    /** None where the text is not what {@link #letters} makes. */
    private static byte[] bytes(String challenge) {
        if (challenge.length() != CHARACTERS) {
            return new byte[0];
        }
        BigInteger number = BigInteger.ZERO;
        for (int i = 0; i < CHARACTERS; i++) {
            int digit = ALPHABET.indexOf(challenge.charAt(i));
            if (digit < 0) {
                return new byte[0];
            }
            number = number.multiply(RADIX).add(BigInteger.valueOf(digit));
        }
        if (number.bitLength() > LENGTH * Byte.SIZE) {
            return new byte[0];
        }
        byte[] magnitude = number.toByteArray();
        byte[] bytes = new byte[LENGTH];
        int length = Math.min(magnitude.length, LENGTH);
        System.arraycopy(magnitude, magnitude.length - length, bytes, LENGTH - length, length);
        return bytes;
    }
}
