package dev.sallyport.core.jwt;

/** What {@link CompactJwt#read} made of some text. */
public sealed interface Reading permits CompactJwt, Reading.Unsigned, Reading.Malformed {

    /**
     * A JWT that says of itself that nobody signed it ({@code alg} {@code none}).
     *
     * @param problem the same, in words fit for the caller
     */
    record Unsigned(String problem) implements Reading {}

    /**
     * Not a JWT in compact form, or one that could be understood in two ways.
     *
     * @param problem why, in words fit for the caller
     */
    record Malformed(String problem) implements Reading {}
}
