package dev.sallyport.attestation;

import dev.sallyport.core.attest.Claims;
import java.util.Locale;

/** What a platform says that a claim is. */
public enum Shape {
    /** One text, number or boolean. */
    STRING,
    /** A list of them; a single one passes as well. */
    LIST;

    static Shape named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    boolean fits(Claims.Value value) {
        return this == LIST || value instanceof Claims.One;
    }
}
