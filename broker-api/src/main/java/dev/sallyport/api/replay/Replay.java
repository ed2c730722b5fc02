package dev.sallyport.api.replay;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.policy.Question;
import dev.sallyport.store.DecisionHistory;
import dev.sallyport.store.DecisionHistory.Range;
import dev.sallyport.store.Events;
import dev.sallyport.store.LogEntry;
import dev.sallyport.store.PostgresStore;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides recorded requests once more, by candidates, and compares what they say with what happened.
 *
 * <p>A request is what the log holds of it; its agent, target and trust provider are those of the revision that decided it. So
 * nothing differs but the policies. Limits of how often a token is issued are not replayed, nor is who was suspended.
 *
 * <p>It reads batch after batch of the log, in one thread, and keeps one of them in memory. It throws
 * {@link dev.sallyport.core.Unavailable} where the database can't answer.
 */
public final class Replay {

    private static final int BATCH = 1_000;
    private static final int MOST_TARGETS = 256;

    /** As leaves have it, so that texts sort like times. */
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final Events events;
    private final DecisionHistory history;
    private final Candidates candidates;
    private final PastDocuments past;
    private final Tally tally = new Tally();

    /** By the very object: each version of a target is one. */
    private final IdentityHashMap<Target, Sets> byTarget = new IdentityHashMap<>();

    private Replay(PostgresStore store, Candidates candidates) {
        this.events = store.events();
        this.history = store.decisionHistory();
        this.candidates = candidates;
        this.past = new PastDocuments(history, candidates.loaded().builtIn());
    }

    /** Replays a period; what was not looked at since the watch said no, the result tells. */
    public static ReplayResult run(PostgresStore store, Candidates candidates, Period period, Watch watch) {
        return new Replay(store, candidates).run(period, watch);
    }

    private ReplayResult run(Period period, Watch watch) {
        long first = events.first();
        Range range = range(period, first);
        String from = period.from() == null ? "" : text(period.from());
        String to = period.to() == null ? null : text(period.to());
        long next = range.from();
        while (next < range.to() && watch.goesOn(next - range.from(), range.length())) {
            List<LogEntry> batch = events.read(next, range.to(), BATCH);
            for (LogEntry entry : batch) {
                tally.unreadable(entry.index() - next);
                look(entry, from, to);
                next = entry.index() + 1;
            }
            if (batch.isEmpty()) {
                tally.unreadable(range.to() - next);
                next = range.to();
            }
        }
        return tally.result(range, first, next);
    }

    private Range range(Period period, long first) {
        Range whole = history.range(period.from(), period.to());
        long from = Math.max(Math.max(whole.from(), period.fromIndex()), first);
        return new Range(from, Math.max(from, Math.min(whole.to(), period.toIndex())));
    }

    /** The first whole millisecond that is not before it: entries have whole ones. */
    private static String text(Instant time) {
        long millis = time.toEpochMilli();
        return MILLIS.format(Instant.ofEpochMilli(time.isAfter(Instant.ofEpochMilli(millis)) ? millis + 1 : millis));
    }

    private void look(LogEntry entry, String from, @Nullable String to) {
        try {
            Leaf leaf = Leaf.read(entry.leaf());
            if (leaf.isAttempt()
                    && leaf.time().compareTo(from) >= 0
                    && (to == null || leaf.time().compareTo(to) < 0)) {
                decide(entry, leaf);
            }
        } catch (IllegalArgumentException | Invalid e) {
            tally.unreadable(1);
        }
    }

    private void decide(LogEntry entry, Leaf leaf) {
        byte[] detail = entry.detail();
        if (detail == null) {
            tally.erased();
            return;
        }
        RecordedDecision then = DecisionReader.read(entry.index(), leaf, detail);
        if (!then.decided()) {
            tally.notDecided();
            return;
        }
        Difference difference = compare(then);
        tally.decided();
        if (difference != null) {
            tally.differs(then, difference);
        }
    }

    private @Nullable Difference compare(RecordedDecision then) {
        Target target = past.target(String.valueOf(then.target()), then.revision());
        Question question = new Question(
                past.agent(String.valueOf(then.agent()), then.revision()),
                then.attestation(),
                target,
                then.asked(),
                then.request(),
                Map.of(),
                then.posture());
        EvidenceTerms terms = past.terms(then.attestation().provider(), then.revision());
        Sets sets = sets(target);
        Difference difference = new Comparison(then, sets.candidates().rule(question), terms).difference();
        return difference == null
                ? null
                : difference.beside(new Comparison(then, sets.inForce().rule(question), terms).difference());
    }

    private Sets sets(Target target) {
        if (byTarget.size() >= MOST_TARGETS && !byTarget.containsKey(target)) {
            byTarget.clear();
        }
        return byTarget.computeIfAbsent(
                target, then -> new Sets(candidates.about(then), candidates.inForceAbout(then)));
    }

    /** Who decides about one target as it was. */
    private record Sets(PolicySet candidates, PolicySet inForce) {}
}
