package dev.sallyport.api.security;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how fast one caller, or one address, may call.
 *
 * <p>Each has room for {@value #BURST_SECONDS} seconds' worth of calls at once, and from then on for so many a second (the generic cell
 * rate algorithm: one number for each). At most {@value #MAX_KEYS} are told apart at a time; those beyond share one room. Each
 * replica counts for itself. Safe to use from all threads.
 */
final class CallRates {

    static final int BURST_SECONDS = 10;
    private static final int MAX_KEYS = 10_000;

    /** Looking through all of them takes its time, which a flood must not cost at each call. */
    private static final long PRUNE_EVERY = Duration.ofSeconds(1).toNanos();

    /** Nobody's name. */
    private static final String OTHERS = "*";

    private final long interval;
    private final LongSupplier nanoTime;

    /** When each would have used up what it has called so far, at the rate that is allowed; in the past where it has room. */
    private final Map<String, Long> usedUp = new ConcurrentHashMap<>();

    private volatile long pruned;

    /**
     * Makes it.
     *
     * @param perSecond how many calls a second; 0 for any number
     * @param nanoTime a clock that never jumps, such as {@link System#nanoTime}
     */
    CallRates(int perSecond, LongSupplier nanoTime) {
        this.interval = perSecond == 0 ? 0 : Duration.ofSeconds(1).toNanos() / perSecond;
        this.nanoTime = nanoTime;
        this.pruned = nanoTime.getAsLong();
    }

    /** Takes room for one call; returns how long there is none, or null where there was. */
    @Nullable
    Duration take(String key) {
        if (interval == 0) {
            return null;
        }
        long now = nanoTime.getAsLong();
        long latest = now + Duration.ofSeconds(BURST_SECONDS).toNanos() - interval;
        long[] wait = {0};
        usedUp.compute(known(key, now), (_, before) -> {
            long start = before == null || before - now < 0 ? now : before;
            wait[0] = Math.max(0, start - latest);
            return wait[0] > 0 ? start : start + interval;
        });
        return wait[0] > 0 ? Duration.ofNanos(wait[0]) : null;
    }

    private String known(String key, long now) {
        if (usedUp.containsKey(key) || usedUp.size() < MAX_KEYS) {
            return key;
        }
        if (now - pruned >= PRUNE_EVERY) {
            pruned = now;
            usedUp.values().removeIf(end -> end - now < 0);
        }
        return usedUp.size() < MAX_KEYS ? key : OTHERS;
    }

    /** How many are told apart now. */
    int size() {
        return usedUp.size();
    }
}
