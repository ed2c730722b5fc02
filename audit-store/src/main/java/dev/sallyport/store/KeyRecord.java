package dev.sallyport.store;

import java.time.Instant;

/**
 * A private key, in the open: secret.
 *
 * @param kid its name, unique in the database
 * @param algorithm such as {@code ES256}
 * @param purpose what it may be used for, such as {@code token}
 * @param secret the private JWK
 * @param created when it was made; kept to the microsecond
 * @param activates when it begins to sign; kept to the microsecond
 */
public record KeyRecord(
        String kid, String algorithm, String purpose, String secret, Instant created, Instant activates) {

    /** A key that signs from the beginning. */
    public KeyRecord(String kid, String algorithm, String purpose, String secret, Instant created) {
        this(kid, algorithm, purpose, secret, created, created);
    }

    @Override
    public String toString() {
        return "KeyRecord[" + kid + ", " + algorithm + ", " + purpose + "]";
    }
}
