package dev.sallyport.core.token;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.TokenRules;
import java.time.Duration;
import java.time.Instant;

/**
 * When keys come and go.
 *
 * @param rotation how long a key signs before the next one takes over: from 15 minutes to 10 years
 * @param publishAhead how long before it signs a key is in the JWKS: at least 10 seconds, less than half of the rotation
 */
public record KeySchedule(Duration rotation, Duration publishAhead) {

    /** How long both log keys sign after a rotation, so that whoever pinned the older one can learn of the younger. */
    public static final Duration LOG_OVERLAP = Duration.ofDays(30);

    /** How far the clocks of two replicas may be apart, each within 2 s of the database's, and the time a change travels. */
    public static final Duration APART = Duration.ofSeconds(5);

    /** How long tokens of a key count after it has signed its last, with what verifiers add for clocks that differ. */
    private static final Duration RETENTION = TokenRules.HARD_CAP.plus(Duration.ofMinutes(5));

    private static final Duration LONGEST_CACHE = Duration.ofMinutes(5);
    private static final Duration SHORTEST_ROTATION = Duration.ofMinutes(15);
    private static final Duration LONGEST_ROTATION = Duration.ofDays(3_660);
    private static final Duration SHORTEST_AHEAD = Duration.ofSeconds(10);

    public KeySchedule {
        Invalid.unless(
                rotation.compareTo(SHORTEST_ROTATION) >= 0 && rotation.compareTo(LONGEST_ROTATION) <= 0,
                "key-rotation",
                "must be a duration from PT15M to P3660D");
        Invalid.unless(
                publishAhead.compareTo(SHORTEST_AHEAD) >= 0
                        && publishAhead.multipliedBy(2).compareTo(rotation) < 0,
                "key-publish-ahead",
                "must be a duration from PT10S to less than half of key-rotation");
    }

    /** When a key begins to sign that is made now. */
    public Instant activation(Instant now) {
        return now.plus(publishAhead);
    }

    /** Whether the youngest key has signed for long enough. */
    public boolean due(Instant youngestActivates, Instant now) {
        return !youngestActivates.plus(rotation).isAfter(now);
    }

    /** Whether no valid token can be left of a key whose successor began then. */
    public boolean over(Instant succeeded, Instant now) {
        return succeeded.plus(RETENTION).isBefore(now);
    }

    /** Whether a log key need no longer sign beside its successor, which began then. */
    public boolean overlapped(Instant succeeded, Instant now) {
        return succeeded.plus(LOG_OVERLAP).isBefore(now);
    }

    /** How long the JWKS may be cached: whoever keeps to it knows each key before it signs. */
    public Duration cacheable() {
        Duration known = publishAhead.minus(APART);
        return known.compareTo(LONGEST_CACHE) < 0 ? known : LONGEST_CACHE;
    }
}
