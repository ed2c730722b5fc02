package dev.sallyport.core.live;

import dev.sallyport.core.Unavailable;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says whether this replica knows of every change that is old enough to count.
 *
 * <p>What it knows counts for 800 ms from the start of the poll that it was learnt by, on the monotonic clock.
 */
public final class Freshness {

    private static final long COUNTS_FOR = Duration.ofMillis(800).toNanos();

    private final Supplier<OptionalLong> asOf;
    private final LongSupplier nanoTime;

    /**
     * Joins what knows and what tells the time.
     *
     * @param asOf the moment as of which all is known; empty before the first
     * @param nanoTime the clock of that moment
     */
    public Freshness(Supplier<OptionalLong> asOf, LongSupplier nanoTime) {
        this.asOf = asOf;
        this.nanoTime = nanoTime;
    }

    public boolean fresh() {
        OptionalLong known = asOf.get();
        return known.isPresent() && nanoTime.getAsLong() - known.getAsLong() <= COUNTS_FOR;
    }

    /** Throws {@link Unavailable} where a change may have been missed. */
    void require() {
        if (!fresh()) {
            throw new Unavailable("news of revocations and policy");
        }
    }
}
