package dev.sallyport.api.replay;

import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.Question;
import dev.sallyport.store.PostgresStore;
import org.jspecify.annotations.Nullable;

/**
 * Decides recorded requests once more, by candidates, and compares what they say with what happened.
 *
 * <p>A request is what the log holds of it; its agent, target and trust provider are those of the revision that decided it. So
 * nothing differs but the policies. Limits of how often a token is issued are not replayed, nor is who was suspended.
 */
public final class Replay implements Recording.Reader {

    private final PastDocuments past;
    private final OverTargets candidates;
    private final OverTargets inForce;
    private final Tally tally = new Tally();

    private Replay(PostgresStore store, Candidates candidates) {
        this.past =
                new PastDocuments(store.decisionHistory(), candidates.loaded().builtIn());
        this.candidates = candidates.overTargets();
        this.inForce = Candidates.inForce(candidates.loaded());
    }

    /** Replays a period; what was not looked at since the watch said no, the result tells. */
    public static ReplayResult run(PostgresStore store, Candidates candidates, Period period, Watch watch) {
        Replay replay = new Replay(store, candidates);
        Recording recording = new Recording(store, period);
        long next = recording.read(watch, replay);
        return replay.tally.result(recording.range(), recording.first(), next);
    }

    @Override
    public void attempt(RecordedDecision then) {
        if (!then.decided()) {
            tally.notDecided();
            return;
        }
        Difference difference = difference(then);
        tally.decided();
        if (difference != null) {
            tally.differs(then, difference);
        }
    }

    @Override
    public void erased() {
        tally.erased();
    }

    @Override
    public void unreadable(long entries) {
        tally.unreadable(entries);
    }

    private @Nullable Difference difference(RecordedDecision then) {
        Target target = past.target(then);
        Question question = then.question(past.agent(then), target, then.asked());
        EvidenceTerms terms = past.terms(then);
        Difference difference = new Comparison(then, candidates.about(target).rule(question), terms).difference();
        return difference == null
                ? null
                : difference.beside(
                        then, new Comparison(then, inForce.about(target).rule(question), terms).difference());
    }
}
