package dev.sallyport.api.verify;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * The Ed25519 key that checkpoints are signed with, as C2SP signed-note writes it: {@code <name>+<key id>+<base64>}.
 *
 * @param name the log's origin
 * @param id the first four bytes of a hash over name and key, in hexadecimal
 */
record VerifierKey(String name, String id, PublicKey key) {

    private static final int ED25519 = 1;
    private static final int LENGTH = 33;
    private static final int ID_LENGTH = 4;

    /** What comes before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410 section 4). */
    private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

    /** Throws {@link Invalid} where it is none. */
    static VerifierKey parse(String text) {
        String[] parts = text.strip().split("\\+", 3);
        Invalid.unless(parts.length == 3 && !parts[0].isEmpty(), "key", "must be <name>+<key id>+<base64>");
        byte[] typed = decode(parts[2]);
        Invalid.unless(typed.length == LENGTH && typed[0] == ED25519, "key", "must be an Ed25519 key");
        String id = id(parts[0], typed);
        Invalid.unless(id.equals(parts[1]), "key", "has a key id that does not fit: it is mistyped or of another log");
        return new VerifierKey(parts[0], id, publicKey(Arrays.copyOfRange(typed, 1, LENGTH)));
    }

    /** Reads one on each line, the newest first. Throws {@link Invalid} where there is none. */
    static List<VerifierKey> parseAll(String text) {
        return text.strip().lines().map(VerifierKey::parse).toList();
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new Invalid("key", "must end in base64");
        }
    }

    /** SHA-256 of the name, a newline, the type and the key. */
    static String id(String name, byte[] typed) {
        byte[] hash = Hash.sha256(name.getBytes(StandardCharsets.UTF_8), new byte[] {'\n'}, typed);
        return Hash.hex(Arrays.copyOf(hash, ID_LENGTH));
    }

    private static PublicKey publicKey(byte[] raw) {
        byte[] encoded = Arrays.copyOf(SPKI, SPKI.length + raw.length);
        System.arraycopy(raw, 0, encoded, SPKI.length, raw.length);
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new Invalid("key", "must be an Ed25519 key");
        }
    }

    boolean verifies(byte[] signature, byte[] text) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(text);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return name + "+" + id;
    }
}
