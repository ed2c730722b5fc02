package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicyEngine;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One revision of the policy set, compiled: default deny, and a deny overrides every allow.
 *
 * <p>Rules are filed by target when the set is compiled, so that a decision looks only at rules that could matter.
 */
final class PolicySet implements PolicyEngine {

    private final Map<String, RuleIndex> byTarget = new HashMap<>();

    PolicySet(List<Rule> rules, Collection<Target> targets) {
        for (Target target : targets) {
            List<Rule> about = rules.stream()
                    .filter(rule -> rule.targets().stream().anyMatch(pattern -> names(pattern, target)))
                    .toList();
            byTarget.put(target.name(), new RuleIndex(target.actions(), about));
        }
    }

    @Override
    public Decision decide(Ask ask) {
        RuleIndex index = byTarget.getOrDefault(ask.target().name(), RuleIndex.NONE);
        Considered rules = new Considered(ask, index.about(ask.agent()));
        List<String> granted = granted(ask, index, rules);
        boolean enough = ask.actions().isEmpty()
                ? !granted.isEmpty()
                : granted.size() == ask.actions().size();
        return enough ? permit(ask, granted, rules) : deny(ask, granted, index, rules);
    }

    /** A pattern never reaches the broker's own API: a policy for that names it. */
    private static boolean names(Glob pattern, Target target) {
        return pattern.exact()
                ? pattern.pattern().equals(target.name())
                : !target.builtIn() && pattern.matches(target.name());
    }

    private static List<String> wanted(Ask ask) {
        return ask.actions().isEmpty() ? ask.target().defaultActions() : ask.actions();
    }

    private static List<String> granted(Ask ask, RuleIndex index, Considered rules) {
        return wanted(ask).stream()
                .filter(action -> Action.concrete(action) && index.knows(action) && rules.permit(action))
                .toList();
    }

    /** The constraints of all allows that permit a granted action combine to the tightest. */
    private static Permit permit(Ask ask, List<String> granted, Considered rules) {
        Duration ttl = ask.target().token().maxTtl();
        Set<String> names = new LinkedHashSet<>();
        Map<String, Policy.Limit> limits = new HashMap<>();
        Set<Proof> proofs = EnumSet.of(ask.target().token().proof());
        for (Rule rule : rules.all()) {
            if (rule.allows() && granted.stream().anyMatch(action -> rules.applies(rule, action))) {
                names.add(rule.name());
                ttl = rule.ttl() != null && rule.ttl().compareTo(ttl) < 0 ? rule.ttl() : ttl;
                proofs.add(rule.proof());
                if (rule.limit() != null) {
                    limits.put(rule.name(), rule.limit());
                }
            }
        }
        proofs.remove(Proof.NONE);
        return new Permit(ask, granted, ttl, proofs, limits, List.copyOf(names));
    }

    private static Deny deny(Ask ask, List<String> granted, RuleIndex index, Considered rules) {
        List<String> denying = rules.all().stream()
                .filter(rule -> !rule.allows() && wanted(ask).stream().anyMatch(action -> rules.applies(rule, action)))
                .map(Rule::name)
                .toList();
        if (nothingPermitted(ask.target(), index, rules)) {
            return new Deny(Deny.Part.TARGET, "nothing is permitted on this target", denying);
        }
        String detail = ask.actions().stream()
                .filter(action -> !granted.contains(action))
                .findFirst()
                .map(action -> "the action " + action + " is unknown or not permitted")
                .orElse("none of the target's default actions is permitted; name the actions with scope");
        return new Deny(Deny.Part.ACTION, detail, denying);
    }

    /**
     * Whether no action of the target is permitted. Patterns stand for themselves here: an allow of {@code tools/call:*}
     * permits something unless one deny covers that whole pattern. A condition about the action says nothing of a pattern:
     * there an allow may permit something, and a deny does not take the whole.
     */
    private static boolean nothingPermitted(Target target, RuleIndex index, Considered rules) {
        Stream<String> ofTarget = target.actions().stream();
        Stream<String> ofAllows = rules.all().stream()
                .filter(Rule::allows)
                .flatMap(rule -> rule.actions().stream())
                .map(Glob::pattern)
                .filter(index::knows);
        return Stream.concat(ofTarget, ofAllows).distinct().noneMatch(rules::permit);
    }
}
