package dev.sallyport.store;

import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts private keys for the database, with AES-256-GCM.
 *
 * <p>A key's name, algorithm and purpose are associated data: a database writer can't pass one key off as another. What
 * is stored is a version byte, a random nonce of 12 bytes and the ciphertext with its tag.
 */
public final class KeySealer {

    private static final int KEY_LENGTH = 32;
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;
    private static final byte VERSION = 1;

    private final SecretKey key;
    private final SecureRandom random = new SecureRandom();

    /**
     * Takes the key-encryption key.
     *
     * @param keyEncryptionKey 32 bytes; copied
     * @throws Invalid when there are more or fewer
     */
    public KeySealer(byte[] keyEncryptionKey) {
        Invalid.unless(keyEncryptionKey.length == KEY_LENGTH, "keyEncryptionKey", "must be 32 bytes");
        this.key = new SecretKeySpec(keyEncryptionKey, "AES");
    }

    byte[] seal(KeyRecord record) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, record.kid(), record.algorithm(), record.purpose());
            byte[] encrypted = cipher.doFinal(record.secret().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(1 + nonce.length + encrypted.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(encrypted)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key could not be sealed", e);
        }
    }

    /**
     * The private JWK.
     *
     * @throws IllegalStateException when it was sealed under another key-encryption key or for another name, algorithm
     *     or purpose, or has been altered
     */
    String unseal(byte[] sealed, String kid, String algorithm, String purpose) {
        if (sealed.length <= 1 + NONCE_LENGTH || sealed[0] != VERSION) {
            throw new IllegalStateException("key " + kid + " is not in a form that this version can read");
        }
        byte[] nonce = new byte[NONCE_LENGTH];
        byte[] encrypted = new byte[sealed.length - 1 - NONCE_LENGTH];
        ByteBuffer.wrap(sealed, 1, sealed.length - 1).get(nonce).get(encrypted);
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, nonce, kid, algorithm, purpose);
            return new String(cipher.doFinal(encrypted), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "key " + kid + " can't be unsealed: another key-encryption key, or the row was altered", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String kid, String algorithm, String purpose)
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
