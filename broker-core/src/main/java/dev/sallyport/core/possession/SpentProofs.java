package dev.sallyport.core.possession;

import dev.sallyport.core.Unavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The proofs that this replica has seen used and that are not stale yet (RFC 9449 section 11.1).
 *
 * <p>At most {@value #MAX} of them, some 100 bytes each, filed by the second of their {@code iat}: a copy of a proof is filed
 * where the proof is. Where there is no room for one more it is not accepted.
 */
final class SpentProofs {

    private static final int MAX = 500_000;

    /** How much longer than a proof is good it is remembered: for a request that was held up on its way here. */
    private static final long MARGIN = 10;

    private final InstantSource clock;
    private final int max;
    private final Map<Long, Map<ProofId, UUID>> bySecond = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private volatile long pruned;

    SpentProofs(InstantSource clock) {
        this(clock, MAX);
    }

    SpentProofs(InstantSource clock, int max) {
        this.clock = clock;
        this.max = max;
    }

    /** Whether a proof is used for the first time, or by the one who has used it. A stale one is not. */
    boolean spend(ProofId id, Instant issued, UUID use) {
        long oldest = clock.instant().minus(DpopVerifier.WINDOW).getEpochSecond();
        prune(oldest - MARGIN);
        if (issued.getEpochSecond() < oldest) {
            return false;
        }
        if (size.get() >= max) {
            throw new Unavailable("the memory of used DPoP proofs");
        }
        UUID earlier = bySecond.computeIfAbsent(issued.getEpochSecond(), second -> new ConcurrentHashMap<>())
                .putIfAbsent(id, use);
        if (earlier == null) {
            size.incrementAndGet();
        }
        return earlier == null || earlier.equals(use);
    }

    private void prune(long before) {
        if (pruned >= before) {
            return;
        }
        pruned = before;
        bySecond.keySet().removeIf(second -> second < before);
        size.set(bySecond.values().stream().mapToInt(Map::size).sum());
    }
}
