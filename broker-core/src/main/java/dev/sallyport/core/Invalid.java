package dev.sallyport.core;

/**
 * A document or a setting breaks a rule.
 *
 * <p>The field is a path into the document, such as {@code agents[2].bindings[0].match}; the reason says what would be
 * right. Neither holds a secret, so both can be shown to whoever wrote the document.
 */
public final class Invalid extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String reason;

    public Invalid(String field, String reason) {
        super(field + ": " + reason, null, false, false);
        this.field = field;
        this.reason = reason;
    }

    public String field() {
        return field;
    }

    public String reason() {
        return reason;
    }

    /** The same complaint, seen from the document that holds the field. */
    public Invalid within(String parent) {
        return new Invalid(field.isEmpty() ? parent : parent + "." + field, reason);
    }

    /** Throws unless the condition holds. */
    public static void unless(boolean condition, String field, String reason) {
        if (!condition) {
            throw new Invalid(field, reason);
        }
    }
}
