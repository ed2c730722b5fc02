package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.policy.Access.Via;
import dev.sallyport.policy.AccessPage.Work;
import dev.sallyport.policy.Question.Request;
import dev.sallyport.policy.Vocabulary.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
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

    private static final int CHARACTERS_A_STEP = 16;

    private final Agent agent;
    private final Target target;
    private final List<Glob> known;
    private final List<Rule> rules;
    private final Facts facts;
    private final Work work;

    Reach(PolicySet policies, Agent agent, Target target, Work work) {
        this.agent = agent;
        this.target = target;
        this.known = policies.actions(target);
        this.rules = agent.kind() == Agent.Kind.HUMAN && !target.builtIn() // where people are never let in
                ? List.of()
                : policies.about(agent, target).stream()
                        .sorted(Comparator.comparing(Rule::name))
                        .toList();
        this.facts = new Facts(new Question(
                agent, null, target, List.of(), new Request(Instant.EPOCH, null, "none"), Map.of(), Posture.NONE));
        this.work = work;
        work.takes(1 + (long) rules.size());
    }

    /** The row of one action, or of one pattern whether the whole of it would be a row or not; empty where the target has none such. */
    Optional<Access> of(String action) {
        Glob row = Glob.of(action);
        List<Glob> within = known.stream().filter(each -> meet(each, row)).toList();
        return within.isEmpty() ? Optional.empty() : row(action, row, within);
    }

    /** The actions of which there may be rows; where one is given, that one. */
    NavigableSet<String> actions(@Nullable String only) {
        NavigableSet<String> actions = new TreeSet<>();
        List<Rule> allows = rules.stream().filter(Rule::allows).toList();
        if (allows.isEmpty()) {
            return actions;
        }
        if (only != null) {
            actions.add(only);
            return actions;
        }
        Set<Glob> wanted = new LinkedHashSet<>();
        allows.forEach(rule -> wanted.addAll(rule.actions()));
        for (Glob each : known) {
            if (each.exact()) {
                work.takes(1);
                actions.add(each.pattern());
            } else {
                wanted.stream()
                        .filter(pattern -> meet(pattern, each))
                        .forEach(pattern ->
                                actions.add(pattern.matches(each.pattern()) ? each.pattern() : pattern.pattern()));
            }
        }
        return actions;
    }

    /** Two patterns are compared character by character, which takes its time. */
    private boolean meet(Glob one, Glob other) {
        work.takes(1);
        if (!one.exact() && !other.exact()) {
            work.takes((long) one.pattern().length() * other.pattern().length() / CHARACTERS_A_STEP);
        }
        return Overlap.of(one, other);
    }

    private Optional<Access> row(String action, Glob row, List<Glob> within) {
        List<Via> allow = new ArrayList<>();
        List<Via> deny = new ArrayList<>();
        List<Rule> certain = new ArrayList<>();
        for (Rule rule : rules) {
            boolean whole = coversAll(rule, action, within);
            List<String> parts = whole || rule.allows() ? List.of() : parts(rule, row);
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
    private boolean coversAll(Rule rule, String action, List<Glob> within) {
        work.takes(rule.actions().size());
        if (rule.covers(action)) {
            return true;
        }
        if (Action.concrete(action)) {
            return false;
        }
        work.takes((long) within.size() * rule.actions().size());
        return within.stream().allMatch(each -> rule.covers(each.pattern()));
    }

    /** The patterns by which it covers something of the row. */
    private List<String> parts(Rule rule, Glob row) {
        return row.exact()
                ? List.of()
                : rule.actions().stream()
                        .filter(pattern -> meet(pattern, row))
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
