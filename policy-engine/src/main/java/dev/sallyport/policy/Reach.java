package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.policy.Access.Via;
import dev.sallyport.policy.Question.Request;
import dev.sallyport.policy.Vocabulary.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one agent could be permitted at one target.
 *
 * <p>An action of the target is one row. Where the target has a pattern, what an allow covers of it is a row, as the narrower of the
 * two patterns; where neither is the narrower one, as the policy's, which then stands for what of it the target has.
 */
final class Reach {

    private final Agent agent;
    private final Target target;
    private final List<Glob> known;
    private final List<Rule> rules;
    private final Facts facts;

    Reach(PolicySet policies, Agent agent, Target target) {
        this.agent = agent;
        this.target = target;
        this.known = policies.actions(target);
        this.rules = policies.about(agent, target).stream()
                .sorted(Comparator.comparing(Rule::name))
                .toList();
        this.facts = new Facts(new Question(
                agent, null, target, List.of(), new Request(Instant.EPOCH, null, "none"), Map.of(), Posture.NONE));
    }

    /** How many steps it takes to tell. */
    long work() {
        return 1 + (long) rules.size() * (1 + known.size());
    }

    /** The rows, in the order of their actions; of one action where it is given. */
    List<Access> rows(@Nullable String only) {
        if (rules.stream().noneMatch(Rule::allows)) {
            return List.of();
        }
        return only == null
                ? actions().stream().flatMap(action -> row(action).stream()).toList()
                : of(only).stream().toList();
    }

    /** The row of one action, or of one pattern whether the whole of it would be a row or not; empty where the target has none such. */
    Optional<Access> of(String action) {
        return known.stream().anyMatch(each -> Overlap.of(each, Glob.of(action))) ? row(action) : Optional.empty();
    }

    private Collection<String> actions() {
        Set<String> actions = new TreeSet<>();
        for (Glob each : known) {
            if (each.exact()) {
                actions.add(each.pattern());
            } else {
                rules.stream()
                        .filter(Rule::allows)
                        .flatMap(rule -> rule.actions().stream())
                        .filter(pattern -> Overlap.of(pattern, each))
                        .forEach(pattern ->
                                actions.add(pattern.matches(each.pattern()) ? each.pattern() : pattern.pattern()));
            }
        }
        return actions;
    }

    private Optional<Access> row(String action) {
        List<Via> allow = new ArrayList<>();
        List<Via> deny = new ArrayList<>();
        List<Rule> certain = new ArrayList<>();
        for (Rule rule : rules) {
            boolean whole = coversAll(rule, action);
            List<String> parts = whole || rule.allows() ? List.of() : parts(rule, action);
            if (whole || !parts.isEmpty()) {
                Outlook outlook = Outlook.of(rule.condition(), facts, action);
                if (rule.allows() && outlook.canHold()) {
                    boolean always = outlook.equals(Outlook.HOLDS);
                    allow.add(new Via(rule.name(), always ? null : rule.when(), parts));
                    if (always) {
                        certain.add(rule);
                    }
                } else if (!rule.allows() && (outlook.canHold() || outlook.canFail())) {
                    boolean always = !outlook.canBeFalse();
                    if (always && whole) {
                        return Optional.empty();
                    }
                    deny.add(new Via(rule.name(), always ? null : rule.when(), parts));
                }
            }
        }
        if (allow.isEmpty()) {
            return Optional.empty();
        }
        boolean always = !certain.isEmpty() && deny.isEmpty();
        return Optional.of(new Access(agent.name(), target.name(), action, always, allow, deny, constraints(certain)));
    }

    /** Whether it covers all that the row stands for; a pattern that matches another as a text covers all of that. */
    private boolean coversAll(Rule rule, String action) {
        if (rule.covers(action)) {
            return true;
        }
        return !Action.concrete(action)
                && known.stream()
                        .filter(each -> Overlap.of(each, Glob.of(action)))
                        .allMatch(each -> rule.covers(each.pattern()));
    }

    /** The patterns by which it covers something of the row. */
    private static List<String> parts(Rule rule, String action) {
        return Action.concrete(action)
                ? List.of()
                : rule.actions().stream()
                        .filter(pattern -> Overlap.of(pattern, Glob.of(action)))
                        .map(Glob::pattern)
                        .toList();
    }

    private Constraints constraints(List<Rule> certain) {
        Duration ttl = target.token().maxTtl();
        Set<Proof> proofs = EnumSet.of(target.token().proof());
        Map<String, Policy.Limit> limits = new HashMap<>();
        for (Rule rule : certain) {
            ttl = rule.ttl() != null && rule.ttl().compareTo(ttl) < 0 ? rule.ttl() : ttl;
            proofs.add(rule.proof());
            if (rule.limit() != null) {
                limits.put(rule.name(), rule.limit());
            }
        }
        proofs.remove(Proof.NONE);
        return new Constraints(
                ttl, proofs, limits, certain.stream().map(Rule::name).toList());
    }
}
