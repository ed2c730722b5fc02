package dev.sallyport.core;

import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the tokens of each agent at each target, for the policies that limit them.
 *
 * <p>Exact for one replica: within any span of a limit's length it lets at most so many tokens through. Replicas count for
 * themselves, so all together may issue as many times more as there are replicas; a restart forgets. Safe to use from all threads.
 */
public final class RateLimits {

    private final LongSupplier nanoTime;
    private final Map<Use, Window> windows = new ConcurrentHashMap<>();

    private record Use(String policy, String agent, String target) {

        static Use of(String policy, Permit permit) {
            return new Use(
                    policy, permit.ask().agent().name(), permit.ask().target().name());
        }
    }

    /**
     * Makes it, with nothing used.
     *
     * @param nanoTime a clock that never jumps, such as {@link System#nanoTime}
     */
    public RateLimits(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Takes the place of one token in each of a permit's limits, or in none of them.
     *
     * @return how long to wait where one has no room; null where there was room in all
     */
    @Nullable
    Duration take(Permit permit) {
        if (permit.limits().isEmpty()) {
            return null;
        }
        long now = nanoTime.getAsLong();
        List<Use> taken = new ArrayList<>();
        for (Map.Entry<String, Limit> each : permit.limits().entrySet()) {
            Use use = Use.of(each.getKey(), permit);
            long wait = take(use, each.getValue(), now);
            if (wait > 0) {
                taken.forEach(this::giveBack);
                return Duration.ofNanos(wait);
            }
            taken.add(use);
        }
        return null;
    }

    /** Gives back what {@link #take} took, where no token came of it. */
    void giveBack(Permit permit) {
        permit.limits().keySet().forEach(policy -> giveBack(Use.of(policy, permit)));
    }

    /** Forgets what no limit counts any more. */
    public void prune() {
        long now = nanoTime.getAsLong();
        windows.keySet().forEach(use -> windows.computeIfPresent(use, (_, window) -> window.idle(now) ? null : window));
    }

    /** How many uses are remembered, of an agent at a target by a policy. */
    int size() {
        return windows.size();
    }

    private long take(Use use, Limit limit, long now) {
        long[] wait = new long[1];
        windows.compute(use, (_, known) -> {
            Window window = known == null ? new Window() : known;
            wait[0] = window.take(limit, now);
            return window;
        });
        return wait[0];
    }

    private void giveBack(Use use) {
        windows.computeIfPresent(use, (_, window) -> window.giveBack());
    }

    /** The times of the last tokens, oldest first, in a ring that grows as it is needed. */
    private static final class Window {

        private long[] ring = new long[4];
        private int head;
        private int size;
        private long per;

        /** Returns 0 where there was room, and otherwise for how long there is none, in nanoseconds. */
        long take(Limit limit, long now) {
            per = limit.per().toNanos();
            while (size > 0 && now - at(0) >= per) {
                head = (head + 1) % ring.length;
                size--;
            }
            int begun = size - limit.issuances();
            if (begun >= 0) {
                return at(begun) + per - now;
            }
            add(now);
            return 0;
        }

        Window giveBack() {
            size = Math.max(0, size - 1);
            return this;
        }

        boolean idle(long now) {
            return size == 0 || now - at(size - 1) >= per;
        }

        private long at(int index) {
            return ring[(head + index) % ring.length];
        }

        private void add(long time) {
            if (size == ring.length) {
                long[] larger = new long[2 * size];
                for (int i = 0; i < size; i++) {
                    larger[i] = at(i);
                }
                ring = larger;
                head = 0;
            }
            ring[(head + size) % ring.length] = time;
            size++;
        }
    }
}
