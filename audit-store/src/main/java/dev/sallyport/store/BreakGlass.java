package dev.sallyport.store;

import java.time.Instant;

/**
 * A door that the database's owner has opened past all documents.
 *
 * @param name its name, unlike any other
 * @param jwk the public key of whoever may pass (RFC 7517)
 * @param until when it closes
 */
public record BreakGlass(String name, String jwk, Instant until) {

    /** The type of what its key proves, which no document can have. */
    public static final String TYPE = "break-glass";

    /** The {@code iss} of what its key signs: a name under which there is nothing (RFC 6761). */
    public static String issuer(String name) {
        return "https://break-glass.invalid/" + name;
    }
}
