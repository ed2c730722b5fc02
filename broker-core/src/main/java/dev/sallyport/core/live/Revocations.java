package dev.sallyport.core.live;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What has been revoked, in memory: about 70 bytes for each token, until it would have expired.
 *
 * <p>Safe to use from all threads.
 */
public final class Revocations {

    /** Tokens that end in the same ten minutes are forgotten together. */
    private static final long SPAN = Duration.ofMinutes(10).toSeconds();

    private final Map<Long, Set<UUID>> tokens = new ConcurrentHashMap<>();
    private final Map<Whose, Until> everything = new ConcurrentHashMap<>();

    private record Whose(String kind, String name) {}

    /** All that is recorded before an entry, until the last of it has expired. */
    private record Until(long entry, Instant expires) {}

    /** Revokes one token. */
    public void add(UUID jti, Instant expires) {
        tokens.computeIfAbsent(span(expires), _ -> ConcurrentHashMap.newKeySet())
                .add(jti);
    }

    /**
     * Revokes all tokens of somebody that are recorded before an entry.
     *
     * @param kind {@code agent}, {@code target} or {@code trust-provider}
     * @param expires when the last of them does
     */
    public void add(String kind, String name, long entry, Instant expires) {
        everything.merge(new Whose(kind, name), new Until(entry, expires), (a, b) -> a.entry > b.entry ? a : b);
    }

    /** Forgets what is about expired tokens only. */
    public void prune(Instant now) {
        tokens.keySet().removeIf(span -> span < span(now));
        everything.values().removeIf(until -> until.expires.isBefore(now));
    }

    /** How many are known. */
    public int size() {
        return everything.size() + tokens.values().stream().mapToInt(Set::size).sum();
    }

    boolean cover(UUID jti, Instant expires) {
        Set<UUID> ending = tokens.get(span(expires));
        return ending != null && ending.contains(jti);
    }

    boolean cover(IssuedToken token) {
        return covers("agent", token.agent(), token.index())
                || covers("target", token.target(), token.index())
                || covers("trust-provider", token.proof().provider(), token.index());
    }

    private boolean covers(String kind, String name, long index) {
        Until until = everything.get(new Whose(kind, name));
        return until != null && index < until.entry;
    }

    private static long span(Instant expires) {
        return Math.floorDiv(expires.getEpochSecond(), SPAN);
    }
}
