package dev.sallyport.core;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what was turned down, so that a flood of refusals can't fill the log.
 *
 * <p>Unproven callers are only counted, by the check that failed. Of a proven caller, {@value #SINGLY} refusals in each
 * window have an entry of their own; the rest are counted. {@link #flush} writes the counts as one entry; call it every
 * minute. A window holds at most {@value #MAX_CALLERS} callers; those beyond are counted together.
 */
public final class Refusals {

    private static final int SINGLY = 10;
    private static final int MAX_CALLERS = 1_000;
    private static final int MAX_SUBJECT = 200;

    private final InstantSource clock;
    private volatile Window window;

    public Refusals(InstantSource clock) {
        this.clock = clock;
        this.window = new Window(clock.instant());
    }

    void countUnproven(Check check) {
        count(window.unproven, check.label());
    }

    /** Whether the attempt was refused and has only been counted, since its caller has been refused so often. */
    boolean summarise(Trial trial) {
        Refusal refusal = trial.refusal();
        if (refusal == null) {
            return false;
        }
        Window now = window;
        String caller = caller(trial);
        if (!now.callers.containsKey(caller) && now.callers.size() >= MAX_CALLERS) {
            count(now.proven, "others");
            return true;
        }
        LongAdder seen = now.callers.computeIfAbsent(caller, c -> new LongAdder());
        seen.increment();
        if (seen.sum() <= SINGLY) {
            return false;
        }
        count(now.proven, caller + " " + refusal.reason());
        return true;
    }

    /** A long subject is cut between characters: half of one could not be written down. */
    private static String caller(Trial trial) {
        return trial.proof().provider() + " " + Excerpt.of(trial.proof().subject(), MAX_SUBJECT);
    }

    /**
     * Ends the window and appends its counts, if there are any. Where that fails the counts go on in the next window.
     *
     * @throws Unavailable when the log can't take the entry
     */
    public synchronized void flush(StateSource states, IssuanceLog log, String replica) {
        Window ended = window;
        window = new Window(clock.instant());
        if (ended.unproven.isEmpty() && ended.proven.isEmpty()) {
            return;
        }
        try {
            new Journal(states, log).write(ended.entry(clock.instant(), replica));
        } catch (Unavailable e) {
            window = window.with(ended);
            throw e;
        }
    }

    private static void count(Map<String, LongAdder> counts, String key) {
        counts.computeIfAbsent(key, k -> new LongAdder()).increment();
    }

    /** What was refused since a moment. */
    private record Window(
            Instant from,
            Map<String, LongAdder> unproven,
            Map<String, LongAdder> proven,
            Map<String, LongAdder> callers) {

        Window(Instant from) {
            this(from, new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        }

        /** This window and the one before it as one. */
        Window with(Window before) {
            Window both = new Window(before.from, unproven, proven, callers);
            before.unproven.forEach((key, count) -> add(unproven, key, count.sum()));
            before.proven.forEach((key, count) -> add(proven, key, count.sum()));
            return both;
        }

        private static void add(Map<String, LongAdder> counts, String key, long count) {
            counts.computeIfAbsent(key, k -> new LongAdder()).add(count);
        }

        Entry entry(Instant to, String replica) {
            Map<String, Object> detail = new TreeMap<>();
            detail.put("from", from.toString());
            detail.put("to", to.toString());
            detail.put("replica", replica);
            detail.put("unproven", sums(unproven));
            detail.put("proven", sums(proven));
            return new Entry(to, "refusals", "refused", null, detail);
        }

        private static Map<String, Object> sums(Map<String, LongAdder> counts) {
            Map<String, Object> sums = new TreeMap<>();
            counts.forEach((key, count) -> sums.put(key, count.sum()));
            return sums;
        }
    }
}
