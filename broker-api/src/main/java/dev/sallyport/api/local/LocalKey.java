package dev.sallyport.api.local;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** The key that seals signing keys in the database: 32 bytes, in base64, in a file. */
public final class LocalKey {

    private static final String NAME = "key-encryption-key";

    private LocalKey() {}

    /** The key beside the embedded database, made at first start. */
    public static byte[] beside(DataDirectory data) {
        Path file = data.resolve(NAME);
        if (!Files.exists(file)) {
            byte[] key = new byte[32];
            new SecureRandom().nextBytes(key);
            data.writeSecret(NAME, Base64.getEncoder().encodeToString(key) + "\n");
        }
        return read(file);
    }

    /** Throws {@link Invalid} unless the file holds 32 bytes in base64. */
    public static byte[] read(Path file) {
        try {
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            Invalid.unless(key.length == 32, "key-encryption-key", file + " must hold 32 bytes in base64");
            return key;
        } catch (IOException | IllegalArgumentException e) {
            throw new Invalid("key-encryption-key", file + " must hold 32 bytes in base64: " + e.getMessage());
        }
    }
}
