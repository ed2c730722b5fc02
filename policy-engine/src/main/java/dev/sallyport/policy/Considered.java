package dev.sallyport.policy;

import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.Ask;
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

    private final Ask ask;
    private final List<Rule> rules;
    private Vocabulary.@Nullable Facts facts;
    private @Nullable Map<Evaluated, Outcome> outcomes;

    Considered(Ask ask, List<Rule> rules) {
        this.ask = ask;
        this.rules = rules;
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

    private Outcome outcome(Condition condition, String action) {
        Vocabulary.Facts known = facts;
        Map<Evaluated, Outcome> done = outcomes;
        if (known == null || done == null) {
            facts = known = new Vocabulary.Facts(ask);
            outcomes = done = new HashMap<>();
        }
        Vocabulary.Facts given = known;
        return done.computeIfAbsent(new Evaluated(condition, action), key -> condition.evaluate(given, action));
    }
}
