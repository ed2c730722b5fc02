package dev.sallyport.store;

import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts private keys for the database, with AES-256-GCM.
 *
 * <p>A key's name, algorithm and purpose are associated data: a database writer can't pass one key off as another. What
 * is stored is a version byte, from version 2 on the 8-byte id of the key-encryption key, a random nonce of 12 bytes and the
 * ciphertext with its tag.
 */
public final class KeySealer {

    private static final String SETTING = "key-encryption-key";
    private static final int KEY_LENGTH = 32;
    private static final int ID_LENGTH = 8;
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;

    /** Without the id of the key-encryption key. */
    private static final byte NAMELESS = 1;

    private static final byte NAMED = 2;

    private final List<Encryption> keys;
    private final SecureRandom random = new SecureRandom();

    /** A key-encryption key, and the id that a hash makes of it. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these records.
    private record Encryption(SecretKey key, byte[] id) {

        static Encryption of(byte[] key) {
            Invalid.unless(key.length == KEY_LENGTH, SETTING, "must be 32 bytes");
            byte[] hash = Hash.sha256("sallyport key-encryption key\n".getBytes(StandardCharsets.US_ASCII), key);
            return new Encryption(new SecretKeySpec(key, "AES"), Arrays.copyOf(hash, ID_LENGTH));
        }

        @Override
        public String toString() {
            return "Encryption[" + Hash.hex(id) + "]";
        }
    }

    /**
     * Takes the key-encryption keys.
     *
     * @param keyEncryptionKeys of 32 bytes each; the first seals, the others only unseal
     * @throws Invalid when there is none, or one that is longer or shorter
     */
    public KeySealer(List<byte[]> keyEncryptionKeys) {
        Invalid.unless(!keyEncryptionKeys.isEmpty(), SETTING, "is missing");
        this.keys = keyEncryptionKeys.stream().map(Encryption::of).toList();
    }

    /** The same with one key. */
    public KeySealer(byte[] keyEncryptionKey) {
        this(List.of(keyEncryptionKey));
    }

    /** The id of the key that seals, in hexadecimal; it tells nothing of the key. */
    String id() {
        return Hash.hex(keys.getFirst().id());
    }

    byte[] seal(KeyRecord record) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        Encryption sealing = keys.getFirst();
        try {
            Cipher cipher = cipher(
                    Cipher.ENCRYPT_MODE, sealing.key(), nonce, record.kid(), record.algorithm(), record.purpose());
            byte[] encrypted = cipher.doFinal(record.secret().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(1 + ID_LENGTH + NONCE_LENGTH + encrypted.length)
                    .put(NAMED)
                    .put(sealing.id())
                    .put(nonce)
                    .put(encrypted)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key could not be sealed", e);
        }
    }

    /** Whether it is sealed as it would be today: in the present form, under the first key. */
    boolean upToDate(byte[] sealed) {
        return header(sealed, keys.getFirst()) == 1 + ID_LENGTH;
    }

    /** Where the nonce begins, if it can be sealed under the key; 0 if it can't. */
    private static int header(byte[] sealed, Encryption key) {
        if (sealed.length > 0 && sealed[0] == NAMELESS) {
            return 1;
        }
        int end = 1 + ID_LENGTH;
        return sealed.length > end && sealed[0] == NAMED && Arrays.equals(sealed, 1, end, key.id(), 0, ID_LENGTH)
                ? end
                : 0;
    }

    /**
     * The private JWK.
     *
     * @throws Invalid when it was sealed under none of the keys or for another name, algorithm or purpose, or has been altered
     */
    String unseal(byte[] sealed, String kid, String algorithm, String purpose) {
        for (Encryption each : keys) {
            int header = header(sealed, each);
            if (header > 0 && sealed.length > header + NONCE_LENGTH) {
                byte[] nonce = Arrays.copyOfRange(sealed, header, header + NONCE_LENGTH);
                try {
                    Cipher cipher = cipher(Cipher.DECRYPT_MODE, each.key(), nonce, kid, algorithm, purpose);
                    int begin = header + NONCE_LENGTH;
                    byte[] secret = cipher.doFinal(sealed, begin, sealed.length - begin);
                    return new String(secret, StandardCharsets.UTF_8);
                } catch (GeneralSecurityException e) {
                    // Without an id in front it may be another one's.
                }
            }
        }
        throw new Invalid(
                SETTING,
                "does not open the stored key " + kid + ": it was sealed under another one, or its row was altered");
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String kid, String algorithm, String purpose)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        String associated = CanonicalJson.text(List.of("sallyport key", kid, algorithm, purpose));
        cipher.updateAAD(associated.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    @Override
    public String toString() {
        return "KeySealer";
    }
}
