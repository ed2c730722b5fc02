package dev.sallyport.api.replay;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.policy.PolicyUse;
import dev.sallyport.policy.Question;
import dev.sallyport.policy.Ruling;
import dev.sallyport.store.DecisionHistory;
import dev.sallyport.store.DecisionHistory.Range;
import dev.sallyport.store.Events;
import dev.sallyport.store.LogEntry;
import dev.sallyport.store.PostgresStore;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out what of the policies in force has been used: for each token of a period, which of them permit what it was issued for, and
 * for each refusal, which of them refuse it.
 *
 * <p>It reads batch after batch of the log, in one thread, and keeps one of them in memory. It throws
 * {@link dev.sallyport.core.Unavailable} where the database can't answer.
 */
public final class Usage {

    private static final int BATCH = 1_000;
    private static final int MOST_TARGETS = 256;

    private final Loaded loaded;
    private final Map<String, PolicyUse> uses;
    private final PastDocuments past;

    /** By the very object: each version of a target is one. */
    private final IdentityHashMap<Target, PolicySet> byTarget = new IdentityHashMap<>();

    private long decisions;
    private long erased;
    private long unreadable;

    private Usage(Loaded loaded, Map<String, PolicyUse> uses, DecisionHistory history) {
        this.loaded = loaded;
        this.uses = uses;
        this.past = new PastDocuments(history, loaded.builtIn());
    }

    /**
     * What was looked at.
     *
     * @param first the first entry of the log that is not archived
     * @param next the first entry that was not looked at
     * @param decisions attempts that policies have decided
     * @param erased attempts of which nobody can say any more which policies decided
     * @param unreadable entries that can't be read
     */
    public record Scan(Range range, long first, long next, long decisions, long erased, long unreadable) {

        /** Whether it looked at all that was asked for. */
        public boolean complete() {
            return next >= range.to();
        }
    }

    /**
     * Looks at the attempts since a time.
     *
     * @param uses told of each decision in which their policies had a say, by the names of these; other policies may be left out
     */
    public static Scan since(
            Instant from, PostgresStore store, Loaded loaded, Map<String, PolicyUse> uses, Watch watch) {
        Watch polite = watch.and(new Courtesy(store::queued, System::nanoTime));
        return new Usage(loaded, uses, store.decisionHistory())
                .scan(from, store.events(), store.decisionHistory(), polite);
    }

    private Scan scan(Instant from, Events events, DecisionHistory history, Watch watch) {
        long first = events.first();
        Range whole = history.range(from, null);
        long begin = Math.max(whole.from(), first);
        Range range = new Range(begin, Math.max(begin, whole.to()));
        long next = range.from();
        while (next < range.to() && watch.goesOn(next - range.from(), range.length())) {
            List<LogEntry> batch = events.read(next, range.to(), BATCH);
            batch.forEach(entry -> look(entry, from));
            next = batch.isEmpty() ? range.to() : batch.getLast().index() + 1;
        }
        return new Scan(range, first, next, decisions, erased, unreadable);
    }

    private void look(LogEntry entry, Instant from) {
        try {
            Leaf leaf = Leaf.read(entry.leaf());
            byte[] detail = entry.detail();
            if (!leaf.isAttempt() || Instant.parse(leaf.time()).isBefore(from)) {
                return;
            }
            if (detail == null) {
                erased++;
                return;
            }
            RecordedDecision then = DecisionReader.read(entry.index(), leaf, detail);
            if (then.decided() && !then.refusedRegardless()) {
                decided(then);
                decisions++;
            }
        } catch (IllegalArgumentException | DateTimeException | Invalid e) {
            unreadable++;
        }
    }

    private void decided(RecordedDecision then) {
        Agent agent = past.agent(String.valueOf(then.agent()), then.revision());
        Target target = past.target(String.valueOf(then.target()), then.revision());
        Ruling ruling = about(target).rule(question(then, agent, target, then.asked()));
        if (ruling.permitted() == then.issued()) {
            add(ruling, then, agent, then.actions());
        }
        if (then.issued() && then.asked().isEmpty()) {
            target.defaultActions().stream()
                    .filter(action -> !then.actions().contains(action))
                    .forEach(action -> withheld(then, agent, target, action));
        }
    }

    /** A default action that was not granted: what refuses it had a say. */
    private void withheld(RecordedDecision then, Agent agent, Target target, String action) {
        Ruling ruling = about(target).rule(question(then, agent, target, List.of(action)));
        if (!ruling.permitted()) {
            add(ruling, then, agent, List.of(action));
        }
    }

    private void add(Ruling ruling, RecordedDecision then, Agent agent, List<String> actions) {
        for (String policy : ruling.policies()) {
            PolicyUse use = uses.get(policy);
            if (use != null) {
                use.add(
                        agent,
                        String.valueOf(then.target()),
                        actions,
                        then.request().time());
            }
        }
    }

    private static Question question(RecordedDecision then, Agent agent, Target target, List<String> actions) {
        return new Question(agent, then.attestation(), target, actions, then.request(), Map.of(), then.posture());
    }

    /** The policies in force, over the target as it was. */
    private PolicySet about(Target then) {
        if (byTarget.size() >= MOST_TARGETS && !byTarget.containsKey(then)) {
            byTarget.clear();
        }
        return byTarget.computeIfAbsent(then, each -> {
            boolean same = each.builtIn()
                    || loaded.documents()
                            .find(Kind.TARGET, each.name())
                            .filter(held -> held.document().equals(each))
                            .isPresent();
            return same ? loaded.policies() : loaded.policies().over(each);
        });
    }
}
