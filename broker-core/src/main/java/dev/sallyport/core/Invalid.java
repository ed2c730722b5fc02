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
    private final int line;
    private final int column;

    public Invalid(String field, String reason) {
        this(field, reason, 0, 0);
    }

    /**
     * A complaint about a place in a field's text.
     *
     * @param line from 1; 0 for no place
     * @param column from 1
     */
    public Invalid(String field, String reason, int line, int column) {
        super(field + ": " + reason, null, false, false);
        this.field = field;
        this.reason = reason;
        this.line = line;
        this.column = column;
    }

    public String field() {
        return field;
    }

    public String reason() {
        return reason;
    }

    /** The same complaint, seen from the document that holds the field. */
    public Invalid within(String parent) {
        return of(field.isEmpty() ? parent : parent + "." + field);
    }

    /** The same complaint about another field, or the same one by another name. */
    public Invalid of(String other) {
        return new Invalid(other, reason, line, column);
    }

    /** The line in the field's text, from 1; 0 where the complaint has no place. */
    public int line() {
        return line;
    }

    /** The column in that line, from 1. */
    public int column() {
        return column;
    }

    /** Throws unless the condition holds. */
    public static void unless(boolean condition, String field, String reason) {
        if (!condition) {
            throw new Invalid(field, reason);
        }
    }
}
