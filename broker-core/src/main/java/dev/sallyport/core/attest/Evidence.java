package dev.sallyport.core.attest;

/**
 * What a caller presents as proof of where and as what it runs (RFC 9334).
 *
 * <p>Evidence is secret while it is valid: no implementation shows its content in {@code toString}.
 */
public sealed interface Evidence permits JwtEvidence, Evidence.Unreadable {

    /** Reads a compact JWT; what can't be read is {@link Unreadable}, never an exception. */
    static Evidence jwt(String compact) {
        return JwtEvidence.read(compact);
    }

    /**
     * Something that is not evidence of any kind.
     *
     * @param check what it failed
     * @param problem why, in words fit for the caller
     */
    record Unreadable(Check check, String problem) implements Evidence {}
}
