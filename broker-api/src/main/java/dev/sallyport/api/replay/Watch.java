package dev.sallyport.api.replay;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Is told how far a replay has come, and says whether it goes on. */
@FunctionalInterface
public interface Watch {

    /**
     * Called before each batch of entries.
     *
     * @param scanned how many entries have been looked at
     * @param of how many there are in all
     */
    boolean goesOn(long scanned, long of);

    /**
     * Lets it go on for some time.
     *
     * @param nanoTime a clock in nanoseconds that never jumps
     */
    static Watch atMost(Duration time, LongSupplier nanoTime) {
        long started = nanoTime.getAsLong();
        return (_, _) -> nanoTime.getAsLong() - started < time.toNanos();
    }

    /** Goes on while both do. */
    default Watch and(Watch other) {
        return (scanned, of) -> goesOn(scanned, of) && other.goesOn(scanned, of);
    }
}
