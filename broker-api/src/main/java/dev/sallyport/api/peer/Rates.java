package dev.sallyport.api.peer;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how often somebody may do something: a caller call, an address fail.
 *
 * <p>Each has room for {@value #BURST_SECONDS} seconds' worth at once, and from then on for so many a second (the generic cell rate
 * algorithm: one number for each). At most {@value #MAX_KEYS} are told apart at a time; those beyond share one room. Each replica
 * counts for itself. Safe to use from all threads.
 */
public final class Rates {

    static final int BURST_SECONDS = 10;
    private static final int MAX_KEYS = 10_000;
    private static final long BURST = Duration.ofSeconds(BURST_SECONDS).toNanos();

    /** Looking through all of them takes its time, which a flood must not cost at each call. */
    private static final long PRUNE_EVERY = Duration.ofSeconds(1).toNanos();

    /** Nobody's name. */
    private static final String OTHERS = "*";

    private final long interval;
    private final LongSupplier nanoTime;

    /** When each would have used up what it has had so far, at the rate that is allowed; in the past where it has room. */
    private final Map<String, Long> usedUp = new ConcurrentHashMap<>();

    private volatile long pruned;

    /**
     * Makes it.
     *
     * @param perSecond how many a second; 0 for any number
     * @param nanoTime a clock that never jumps, such as {@link System#nanoTime}
     */
    public Rates(int perSecond, LongSupplier nanoTime) {
        this.interval = perSecond == 0 ? 0 : Duration.ofSeconds(1).toNanos() / perSecond;
        this.nanoTime = nanoTime;
        this.pruned = nanoTime.getAsLong();
    }

    /** Takes room for one; returns how long there is none, or null where there was. */
    public @Nullable Duration take(String key) {
        if (interval == 0) {
            return null;
        }
        long now = nanoTime.getAsLong();
        long[] wait = {0};
        usedUp.compute(known(key, now), (_, before) -> {
            long start = start(before, now);
            wait[0] = lacking(start, now);
            return wait[0] > 0 ? start : start + interval;
        });
        return duration(wait[0]);
    }

    /** How long there is no room for one; null where there is. Takes none. */
    public @Nullable Duration lacking(String key) {
        if (interval == 0) {
            return null;
        }
        long now = nanoTime.getAsLong();
        Long before = usedUp.get(known(key, now));
        return before == null ? null : duration(lacking(start(before, now), now));
    }

    /** Takes room for one, whether there is any or not. */
    public void add(String key) {
        if (interval > 0) {
            long now = nanoTime.getAsLong();
            usedUp.compute(known(key, now), (_, before) -> start(before, now) + interval);
        }
    }

    private static long start(@Nullable Long before, long now) {
        return before == null || before - now < 0 ? now : before;
    }

    private long lacking(long start, long now) {
        return Math.max(0, start + interval - now - BURST);
    }

    private static @Nullable Duration duration(long wait) {
        return wait > 0 ? Duration.ofNanos(wait) : null;
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
