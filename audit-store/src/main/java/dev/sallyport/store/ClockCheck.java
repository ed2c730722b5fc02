package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Compares this replica's clock with the database's; used by the appender's thread alone. */
final class ClockCheck {

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration MAX_AGE = Duration.ofSeconds(5);
    private static final Duration DRIFT = Duration.ofMillis(500);

    private final InstantSource clock;
    private boolean agrees;
    private Instant comparedAt = Instant.EPOCH;
    private long comparedNanos;

    ClockCheck(InstantSource clock) {
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * Takes note of the database's time, just received.
     *
     * @param asked this replica's time before the database was asked: the round trip does not count as a difference
     */
    void compare(Instant asked, Instant database) {
        comparedAt = clock.instant();
        comparedNanos = System.nanoTime();
        agrees = !database.isBefore(asked.minus(LIMIT)) && !database.isAfter(comparedAt.plus(LIMIT));
    }

    /** Whether the clock has been set, or the process was suspended, or it is long, since they were compared. */
    boolean isStale() {
        Duration monotonic = Duration.ofNanos(System.nanoTime() - comparedNanos);
        Duration shown = Duration.between(comparedAt, clock.instant());
        return monotonic.compareTo(MAX_AGE) > 0 || shown.minus(monotonic).abs().compareTo(DRIFT) > 0;
    }

    /** Throws when the clocks differed by more than 2 s the last time that they were compared. */
    void requireAgreement() {
        if (!agrees) {
            throw new Unavailable("the clock is off");
        }
    }
}
