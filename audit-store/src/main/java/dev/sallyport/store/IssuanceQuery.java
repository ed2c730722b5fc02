package dev.sallyport.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which access attempts to look for: all of it must hold.
 *
 * @param from the earliest time; null for no bound
 * @param to the first time that is too late; null for no bound
 */
public record IssuanceQuery(
        List<Term> terms, @Nullable Instant from, @Nullable Instant to) {

    /** Everything. */
    public static final IssuanceQuery ALL = new IssuanceQuery(List.of(), null, null);

    public IssuanceQuery {
        terms = List.copyOf(terms);
    }

    /** Attempts at any time. */
    public static IssuanceQuery of(Term... terms) {
        return new IssuanceQuery(List.of(terms), null, null);
    }
}
