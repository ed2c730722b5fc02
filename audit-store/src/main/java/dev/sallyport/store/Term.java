package dev.sallyport.store;

import java.util.Locale;

/**
 * Something that access attempts are found by: they must have exactly this value, or this one among several.
 *
 * @param value of a claim, its name and value with {@code =} between
 */
public record Term(Kind kind, String value) {

    /** What the value is of. */
    public enum Kind {
        OUTCOME,
        AGENT,
        TARGET,
        PROVIDER,
        REASON,
        SUBJECT,
        ACTION,
        CLAIM
    }

    /** A claim's value, or one of its values; no claim whose name has a {@code =} is found. */
    public static Term claim(String name, String value) {
        return new Term(Kind.CLAIM, name + "=" + value);
    }

    /** As the projection writes it: it has no NUL, as PostgreSQL has none. */
    String text() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + value.replace('\0', '\ufffd');
    }
}
