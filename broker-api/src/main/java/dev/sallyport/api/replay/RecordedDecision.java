package dev.sallyport.api.replay;

import dev.sallyport.core.Refusal.ProofRefused;
import dev.sallyport.core.Refusal.TargetRefused;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.policy.Question;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import dev.sallyport.store.BreakGlass;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An attempt as the log holds it: what was asked of the policies, and what came of it.
 *
 * @param index its place in the log
 * @param id the decision's id
 * @param lifetime that of its token, in seconds; 0 where it was refused
 * @param reason why it was refused; null where it was not
 * @param reasonDetail the same in words
 * @param agent the agent's name; null where none was found
 * @param target the target's name; null where none was found
 * @param actions those that were granted, and of a refusal those that were asked for
 * @param revision the revision whose documents decided
 * @param evidenceEnds when the evidence ends, in seconds since 1970
 * @param asked the actions that were asked for; none for the default ones
 */
record RecordedDecision(
        long index,
        String id,
        long lifetime,
        @Nullable String reason,
        @Nullable String reasonDetail,
        @Nullable String agent,
        @Nullable String target,
        List<String> actions,
        long revision,
        Attested attestation,
        long evidenceEnds,
        Request request,
        List<String> asked,
        Posture posture) {

    /** What a request is refused for before policies are asked. */
    private static final Set<String> BEFORE =
            Set.of(TargetRefused.SUSPENDED, TargetRefused.FIRST_USE, TargetRefused.PERSON);

    /** What it is refused for behind them, whatever they say. */
    private static final Set<String> BEHIND = Set.of("rate", "nonce", "evidence", "proof");

    boolean issued() {
        return reason == null;
    }

    /** Whether it was the policies of documents that were asked. */
    boolean decided() {
        return agent != null
                && target != null
                && !"agent".equals(reason)
                && !attestation.type().equals(BreakGlass.TYPE)
                && !("target".equals(reason) && BEFORE.contains(String.valueOf(reasonDetail)));
    }

    /** What it asked of the policies, with agent and target as they were, about these actions. */
    Question question(Agent was, Target at, List<String> about) {
        return new Question(was, attestation, at, about, request, Map.of(), posture);
    }

    /** Whether it was refused by what no policy decides, after they had permitted it. */
    boolean refusedRegardless() {
        return reason != null && BEHIND.contains(reason) && !ProofRefused.MISSING.equals(reasonDetail);
    }
}
