package dev.sallyport.api.replay;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which attempts are meant: all that is said must hold.
 *
 * @param from the earliest time; null for no bound
 * @param to the first time that is too late; null for no bound
 * @param fromIndex the first index of the log
 * @param toIndex the first index that is too high
 */
public record Period(@Nullable Instant from, @Nullable Instant to, long fromIndex, long toIndex) {

    /** What has happened lately. */
    public static Period last(Duration length, Instant now) {
        return new Period(now.minus(length), null, 0, Long.MAX_VALUE);
    }
}
