package dev.sallyport.api.replay;

import dev.sallyport.api.state.Loaded;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.PolicyUse;
import dev.sallyport.policy.Ruling;
import dev.sallyport.store.DecisionHistory.Range;
import dev.sallyport.store.PostgresStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Finds out what of the policies in force has been used: for each token of a period, which of them permit what it was issued for, and
 * for each refusal, which of them refuse it.
 */
public final class Usage implements Recording.Reader {

    private final Map<String, PolicyUse> uses;
    private final PastDocuments past;
    private final OverTargets inForce;
    private long decisions;
    private long erased;
    private long unreadable;

    private Usage(PostgresStore store, Loaded loaded, Map<String, PolicyUse> uses) {
        this.uses = uses;
        this.past = new PastDocuments(store.decisionHistory(), loaded.builtIn());
        this.inForce = Candidates.inForce(loaded);
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
        Usage usage = new Usage(store, loaded, uses);
        Recording recording = new Recording(store, new Period(from, null, 0, Long.MAX_VALUE));
        long next = recording.read(watch, usage);
        return new Scan(recording.range(), recording.first(), next, usage.decisions, usage.erased, usage.unreadable);
    }

    @Override
    public void attempt(RecordedDecision then) {
        if (then.decided() && !then.refusedRegardless()) {
            decided(then);
            decisions++;
        }
    }

    @Override
    public void erased() {
        erased++;
    }

    @Override
    public void unreadable(long entries) {
        unreadable += entries;
    }

    private void decided(RecordedDecision then) {
        Agent agent = past.agent(then);
        Target target = past.target(then);
        Ruling ruling = inForce.about(target).rule(then.question(agent, target, then.asked()));
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
        Ruling ruling = inForce.about(target).rule(then.question(agent, target, List.of(action)));
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
}
