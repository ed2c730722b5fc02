package dev.sallyport.policy;

import dev.sallyport.core.policy.Action;
import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Predicate.All;
import dev.sallyport.policy.Predicate.Any;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Not;
import dev.sallyport.policy.Vocabulary.Facts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a condition can come to when all that is known is the agent, the target and the action.
 *
 * <p>It may name an outcome that never comes about, since it looks at each part by itself; it never leaves out one that does.
 */
record Outlook(boolean canHold, boolean canBeFalse, boolean canFail) {

    static final Outlook HOLDS = new Outlook(true, false, false);
    private static final Outlook OPEN = new Outlook(true, true, true);

    /**
     * Looks ahead.
     *
     * @param facts know agent and target, and nothing else
     * @param action an action or a pattern of actions
     */
    static Outlook of(@Nullable Condition condition, Facts facts, String action) {
        if (condition == null) {
            return HOLDS;
        }
        Outlook outlook = of(condition.predicate(), facts, action);
        return condition.posture().none() ? outlook : new Outlook(outlook.canHold, outlook.canBeFalse, true);
    }

    private static Outlook of(Predicate predicate, Facts facts, String action) {
        return switch (predicate) {
            case All(var parts) -> all(outlooks(parts, facts, action));
            case Any(var parts) ->
                all(outlooks(parts, facts, action).stream().map(Outlook::not).toList())
                        .not();
            case Not(var part) -> of(part, facts, action).not();
            case Atom atom -> known(atom, action) ? exactly(atom.evaluate(facts, action)) : OPEN;
        };
    }

    private static List<Outlook> outlooks(List<Predicate> parts, Facts facts, String action) {
        return parts.stream().map(part -> of(part, facts, action)).toList();
    }

    /** Of {@code &&}: one that is false makes it false, whatever else fails. */
    private static Outlook all(List<Outlook> parts) {
        return new Outlook(
                parts.stream().allMatch(Outlook::canHold),
                parts.stream().anyMatch(Outlook::canBeFalse),
                parts.stream().anyMatch(Outlook::canFail)
                        && parts.stream().allMatch(part -> part.canHold || part.canFail));
    }

    private Outlook not() {
        return new Outlook(/* canHold= */ canBeFalse, /* canBeFalse= */ canHold, canFail);
    }

    private static Outlook exactly(Outcome outcome) {
        return new Outlook(outcome == Outcome.TRUE, outcome == Outcome.FALSE, outcome == Outcome.FAILED);
    }

    private static boolean known(Atom atom, String action) {
        return atom.reads().stream().allMatch(path -> {
            String word = path.word();
            return word.startsWith("agent.")
                    || word.startsWith("target.")
                    || (word.equals("action") && Action.concrete(action));
        });
    }
}
