package dev.sallyport.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What attempts are counted by. Hours and days are those of UTC.
 *
 * @param claim the claim's name, where it is a claim; null otherwise
 */
public record GroupBy(Kind kind, @Nullable String claim) {

    /** An attempt with several actions, or several values of a claim, counts once under each of them. */
    public enum Kind {
        HOUR,
        DAY,
        AGENT,
        TARGET,
        OUTCOME,
        REASON,
        PROVIDER,
        ACTION,
        CLAIM
    }

    public GroupBy {
        if ((kind == Kind.CLAIM) != (claim != null)) {
            throw new IllegalArgumentException("a claim has a name, and nothing else has");
        }
    }

    boolean isTime() {
        return kind == Kind.HOUR || kind == Kind.DAY;
    }

    /** The claim's name. */
    String name() {
        return Objects.requireNonNull(claim);
    }
}
