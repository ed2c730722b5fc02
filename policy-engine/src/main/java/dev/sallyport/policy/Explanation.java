package dev.sallyport.policy;

import dev.sallyport.core.Names;
import dev.sallyport.core.policy.Policy.Effect;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decision with its reasons.
 *
 * @param permitted whether it permits
 * @param actions the actions that are granted
 * @param constraints what the permit is narrowed to; null where it denies
 * @param trace the policies that were considered, the nearest first, at most {@value #MAX_STEPS}
 * @param left how many more are about something else entirely
 * @param counterfactual the smallest change that was found to turn the decision around; none where the search found none
 * @param exhausted whether the search saw everything up to its bounds; otherwise it gave up
 */
public record Explanation(
        boolean permitted,
        List<String> actions,
        @Nullable Constraints constraints,
        List<Step> trace,
        int left,
        List<Change> counterfactual,
        boolean exhausted) {

    static final int MAX_STEPS = 200;

    public Explanation {
        actions = List.copyOf(actions);
        trace = List.copyOf(trace);
        counterfactual = List.copyOf(counterfactual);
    }

    static Explanation of(PolicySet set, Question question) {
        World world = World.of(set, question);
        List<String> granted = world.granted();
        boolean permitted = PolicySet.suffices(granted, question.actions());
        Trace trace = Trace.of(world);
        Counterfactual search = new Counterfactual(world, permitted);
        List<Change> changes = search.find();
        return new Explanation(
                permitted,
                permitted ? granted : List.of(),
                permitted ? Constraints.of(question.target(), granted, world.considered()) : null,
                trace.steps(),
                trace.left(),
                changes,
                search.exhausted());
    }

    /** What kept a policy from applying, or {@link #NONE}. */
    public enum Part {
        NONE,
        CONDITION,
        ACTION,
        AGENT,
        TARGET;

        @Override
        public String toString() {
            return Names.label(this);
        }
    }

    /**
     * One policy in the trace.
     *
     * @param matched whether it applies to at least one action
     * @param actions the actions that it applies to
     * @param part what kept it from applying
     * @param reason the same in words
     * @param failed why the condition could not be evaluated; null where it could
     * @param values of what the condition reads; what is absent is left out
     */
    public record Step(
            String policy,
            Effect effect,
            boolean matched,
            List<String> actions,
            Part part,
            String reason,
            @Nullable String failed,
            Map<String, Object> values) {}

    /**
     * One change of several that together turn the decision around.
     *
     * @param policy the policy that it is about
     * @param part what of the policy reads it
     * @param predicate what would have to be so
     */
    public record Change(String policy, Part part, String predicate) {}
}
