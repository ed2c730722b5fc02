package dev.sallyport.attestation;

import dev.sallyport.attestation.JwksCache.Cause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link JwksCache} knows at one moment, and when it may ask again; immutable, times in nanoseconds.
 *
 * @param keys the last keys that were fetched
 * @param loadedAt when
 * @param failures how many fetches have failed since
 * @param failedAt when the last one failed
 * @param refetched whether keys were ever fetched for the sake of an unknown kid
 * @param refetchedAt when that was last
 */
record KnownKeys(
        @Nullable KeySet keys, long loadedAt, int failures, long failedAt, boolean refetched, long refetchedAt) {

    /** Older keys are fetched again, unless their document says something else. */
    static final Duration FRESH = Duration.ofMinutes(5);

    /** Older keys are not used, even if there are no others. */
    static final Duration STALE = Duration.ofHours(24);

    /** Unknown kids cause a fetch at most this often. */
    static final Duration REFETCH_EVERY = Duration.ofSeconds(5);

    /** The pause after a failure starts with this and doubles. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    static final KnownKeys NONE = new KnownKeys(null, 0, 0, 0, false, 0);

    /** The keys, or null where there are none or stale ones only. */
    @Nullable
    KeySet at(long now) {
        return now - loadedAt < STALE.toNanos() ? keys : null;
    }

    boolean fresh(long now) {
        return keys != null && now - loadedAt < keys.fresh().toNanos();
    }

    boolean failing() {
        return failures > 0;
    }

    /** Whether there is no point in a fetch, or no leave for one. */
    boolean suffices(Cause cause, long now) {
        if (failing()) {
            return now - failedAt < pause();
        }
        return switch (cause) {
            case AGE -> fresh(now);
            case UNKNOWN_KID -> refetched && now - refetchedAt < REFETCH_EVERY.toNanos();
        };
    }

    KnownKeys loaded(KeySet fetched, Cause cause, long now) {
        return cause == Cause.UNKNOWN_KID
                ? new KnownKeys(fetched, now, 0, 0, true, now)
                : new KnownKeys(fetched, now, 0, 0, refetched, refetchedAt);
    }

    KnownKeys failed(long now) {
        return new KnownKeys(keys, loadedAt, failures + 1, now, refetched, refetchedAt);
    }

    private long pause() {
        long doubled = FIRST_PAUSE.toNanos() << Math.min(failures - 1, 5);
        return Math.min(doubled, LONGEST_PAUSE.toNanos());
    }
}
