package dev.sallyport.policy;

import dev.sallyport.core.policy.Action;
import dev.sallyport.policy.Condition.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules that one decision considers, with what their conditions came to.
 *
 * <p>Each condition is evaluated at most once per action, or once in all where it does not read the action. Without
 * conditions nothing is made.
 */
final class Considered {

    private record Evaluated(Condition condition, String action) {}

    /** Evaluates a condition about an action. */
    @FunctionalInterface
    interface Evaluation {

        Outcome of(Condition condition, String action);
    }

    private final List<Rule> rules;
    private final Evaluation evaluation;
    private @Nullable Map<Evaluated, Outcome> outcomes;

    Considered(List<Rule> rules, Evaluation evaluation) {
        this.rules = rules;
        this.evaluation = evaluation;
    }

    List<Rule> all() {
        return rules;
    }

    /** Whether at least one allow applies to the action, and no deny. */
    boolean permit(String action) {
        boolean allowed = false;
        for (Rule rule : rules) {
            if (!(allowed && rule.allows()) && applies(rule, action)) {
                if (!rule.allows()) {
                    return false;
                }
                allowed = true;
            }
        }
        return allowed;
    }

    /** Whether the rule covers the action and its condition holds; one that fails to evaluate holds for a deny. */
    boolean applies(Rule rule, String action) {
        if (!rule.covers(action)) {
            return false;
        }
        Condition condition = rule.condition();
        if (condition == null) {
            return true;
        }
        if (condition.aboutAction() && !Action.concrete(action)) {
            return rule.allows();
        }
        return switch (outcome(condition, condition.aboutAction() ? action : "")) {
            case TRUE -> true;
            case FALSE -> false;
            case FAILED -> !rule.allows();
        };
    }

    Outcome outcome(Condition condition, String action) {
        Map<Evaluated, Outcome> done = outcomes;
        if (done == null) {
            outcomes = done = new HashMap<>();
        }
        Evaluated key = new Evaluated(condition, action);
        Outcome known = done.get(key);
        if (known == null) {
            known = evaluation.of(condition, action);
            done.put(key, known);
        }
        return known;
    }
}
