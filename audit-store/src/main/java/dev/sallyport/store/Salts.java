package dev.sallyport.store;

import java.security.SecureRandom;

/** Makes the 16 random bytes that keep a detail from being guessed from its commitment. */
final class Salts {

    private static final int LENGTH = 16;

    private final SecureRandom random = new SecureRandom();

    byte[] next() {
        byte[] salt = new byte[LENGTH];
        random.nextBytes(salt);
        return salt;
    }
}
