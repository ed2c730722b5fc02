package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Compares this replica's clock with the database's; used by the appender's thread alone. */
final class ClockCheck {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final InstantSource clock;
    private boolean agrees;

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
        agrees = !database.isBefore(asked.minus(LIMIT))
                && !database.isAfter(clock.instant().plus(LIMIT));
    }

    /** Throws when the clocks differed by more than 2 s the last time that they were compared. */
    void requireAgreement() {
        if (!agrees) {
            throw new Unavailable("the clock is off");
        }
    }
}
