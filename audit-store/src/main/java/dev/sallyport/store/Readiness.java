package dev.sallyport.store;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether the log can be appended to: not so from the first failure until the next success. */
final class Readiness {

    /** Longer than it takes from one look to the end of the next, even where the database does not answer. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private volatile @Nullable String problem;
    private volatile long goodAt;

    Readiness(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.goodAt = nanoTime.getAsLong();
    }

    void good() {
        goodAt = nanoTime.getAsLong();
        problem = null;
    }

    /** Takes note of a failure, in words that hold nothing secret. */
    void bad(String what) {
        problem = what;
    }

    Optional<String> problem() {
        String known = problem;
        if (known == null && nanoTime.getAsLong() - goodAt > SILENCE.toNanos()) {
            return Optional.of("the appender is stuck");
        }
        return Optional.ofNullable(known);
    }
}
