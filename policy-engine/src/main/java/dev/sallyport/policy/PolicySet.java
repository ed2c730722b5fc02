package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.PolicyEngine;
import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Vocabulary.Facts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One revision of the policy set, compiled: default deny, and a deny overrides every allow.
 *
 * <p>Rules are filed when the set is compiled, so that a decision looks only at rules that could matter.
 */
public final class PolicySet implements PolicyEngine {

    private final List<Rule> rules;
    private final TargetIndex index;

    PolicySet(List<Rule> rules, Collection<Target> targets) {
        this.rules = List.copyOf(rules);
        this.index = new TargetIndex(rules, targets);
    }

    /** The rules, in the order of their documents. */
    List<Rule> rules() {
        return rules;
    }

    /** Whether the action is one of the target's. */
    boolean knows(Target target, String action) {
        return index.knows(target, action);
    }

    /** Decides, and says why, and what would have turned the decision around; far slower than deciding, and no token comes of it. */
    public Explanation explain(Question question) {
        return Explanation.of(this, question);
    }

    /** Decides what was asked some time, without an {@link Ask}: of a recorded request, say. */
    public Ruling rule(Question question) {
        List<String> wanted = question.wanted();
        Facts facts = new Facts(question);
        Considered considered =
                new Considered(about(question), (condition, action) -> condition.evaluate(facts, action));
        List<String> granted = granted(question.target(), wanted, considered);
        return suffices(granted, question.actions())
                ? Ruling.permit(granted, Constraints.of(question.target(), granted, considered))
                : Ruling.deny(denying(wanted, considered));
    }

    /** The same policies where that target is the only one: as it was at another time, say. */
    public PolicySet over(Target target) {
        return new PolicySet(rules, List.of(target));
    }

    @Override
    public Decision decide(Ask ask) {
        List<String> wanted = ask.actions().isEmpty() ? ask.target().defaultActions() : ask.actions();
        Considered considered = new Considered(index.about(ask.agent(), ask.target(), wanted), new Lazily(ask));
        List<String> granted = granted(ask.target(), wanted, considered);
        return suffices(granted, ask.actions())
                ? permit(ask, granted, considered)
                : deny(ask, wanted, granted, considered);
    }

    /** All that was asked for; of the default actions one is enough. */
    static boolean suffices(List<String> granted, List<String> asked) {
        return asked.isEmpty() ? !granted.isEmpty() : granted.size() == asked.size();
    }

    /** The rules that could matter for these actions. */
    List<Rule> about(Question question) {
        return index.about(question.agent(), question.target(), question.wanted());
    }

    /** The rules about agent and target, whatever their actions. */
    List<Rule> about(Agent agent, Target target) {
        return index.about(agent, target);
    }

    /** The target's actions, patterns among them. */
    List<Glob> actions(Target target) {
        return index.actions(target).map(Glob::of).toList();
    }

    /** The actions that are permitted, of those that were asked for. */
    List<String> granted(Target target, List<String> wanted, Considered considered) {
        List<String> granted = new ArrayList<>(wanted.size());
        for (String action : wanted) {
            if (Action.concrete(action) && index.knows(target, action) && considered.permit(action)) {
                granted.add(action);
            }
        }
        return granted;
    }

    private static Permit permit(Ask ask, List<String> granted, Considered considered) {
        Constraints constraints = Constraints.of(ask.target(), granted, considered);
        return new Permit(
                ask, granted, constraints.ttl(), constraints.proofs(), constraints.limits(), constraints.policies());
    }

    private Deny deny(Ask ask, List<String> wanted, List<String> granted, Considered considered) {
        List<String> denying = denying(wanted, considered);
        if (nothingPermitted(ask)) {
            return new Deny(Deny.Part.TARGET, "nothing is permitted on this target", denying);
        }
        String detail = ask.actions().stream()
                .filter(action -> !granted.contains(action))
                .findFirst()
                .map(action -> "the action " + action + " is unknown or not permitted")
                .orElse("none of the target's default actions is permitted; name the actions with scope");
        return new Deny(Deny.Part.ACTION, detail, denying);
    }

    private static List<String> denying(List<String> wanted, Considered considered) {
        return considered.all().stream()
                .filter(rule -> !rule.allows() && wanted.stream().anyMatch(action -> considered.applies(rule, action)))
                .map(Rule::name)
                .toList();
    }

    /**
     * Whether no action of the target is permitted. Patterns stand for themselves here: an allow of {@code tools/call:*}
     * permits something unless one deny covers that whole pattern. A condition about the action says nothing of a pattern:
     * there an allow may permit something, and a deny does not take the whole.
     */
    private boolean nothingPermitted(Ask ask) {
        Target target = ask.target();
        Considered all = new Considered(index.about(ask.agent(), target), new Lazily(ask));
        Stream<String> ofAllows = all.all().stream()
                .filter(Rule::allows)
                .flatMap(rule -> rule.actions().stream())
                .map(Glob::pattern)
                .filter(action -> index.knows(target, action));
        return Stream.concat(index.actions(target), ofAllows).distinct().noneMatch(all::permit);
    }

    /** Makes the facts of a question when the first condition asks for them. */
    private static final class Lazily implements Considered.Evaluation {

        private final Ask ask;
        private @Nullable Facts facts;

        Lazily(Ask ask) {
            this.ask = ask;
        }

        @Override
        public Outcome of(Condition condition, String action) {
            Facts known = facts;
            if (known == null) {
                facts = known = new Facts(Question.of(ask));
            }
            return condition.evaluate(known, action);
        }
    }
}
