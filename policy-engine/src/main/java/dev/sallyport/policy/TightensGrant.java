package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An allow whose grant makes that of another one tighter where both apply. */
record TightensGrant() implements LintRule.OfPolicies {

    /** The most agents and targets of a policy that are looked at. */
    private static final int MAX_AGENTS = 16;

    private static final int MAX_TARGETS = 16;

    @Override
    public String code() {
        return "tightens-grant";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        Rule rule = policy.rule();
        if (!rule.allows() || (rule.ttl() == null && rule.proof() == Proof.NONE && rule.limit() == null)) {
            return;
        }
        Map<String, String> others = new TreeMap<>();
        for (Target target : premises.targets(rule).stream().limit(MAX_TARGETS).toList()) {
            for (Agent agent :
                    premises.agents(rule).agents().stream().limit(MAX_AGENTS).toList()) {
                if (report.ends(premises)) {
                    return;
                }
                for (Rule other : premises.about(agent, target)) {
                    if (other.allows() && !other.name().equals(rule.name()) && !others.containsKey(other.name())) {
                        tightened(rule, other, target)
                                .filter(any ->
                                        Coverage.meet(rule, other, agent, target) && canMeet(rule, other, premises))
                                .ifPresent(how -> others.put(other.name(), how));
                    }
                }
            }
        }
        others.values().stream()
                .findFirst()
                .ifPresent(how -> report.policy(
                        policy.policy(),
                        "grant",
                        "Where this policy applies as well as " + Report.some(others.keySet()) + ", " + how
                                + ": where that is not meant, narrow agents, targets, actions or condition until they don't overlap.",
                        others.keySet()));
    }

    /** What becomes of the other's grant where both apply. */
    private static Optional<String> tightened(Rule rule, Rule other, Target target) {
        List<String> how = new ArrayList<>();
        Duration before = other.ttl() == null || target.token().maxTtl().compareTo(other.ttl()) < 0
                ? target.token().maxTtl()
                : other.ttl();
        if (rule.ttl() != null && rule.ttl().compareTo(before) < 0) {
            how.add("tokens live " + rule.ttl() + " instead of " + before);
        }
        adds(rule.proof(), other.proof())
                .filter(proof -> target.token().proof() != rule.proof())
                .ifPresent(proof -> how.add("they need the proof " + proof));
        Policy.Limit limit = rule.limit();
        if (limit != null && other.limit() == null) {
            how.add("there are at most " + limit.issuances() + " in " + limit.per());
        }
        return how.isEmpty() ? Optional.empty() : Optional.of(String.join(", and ", how));
    }

    /** The proof that the first asks for beyond what the second does. */
    static Optional<Proof> adds(Proof proof, Proof other) {
        return proof == Proof.NONE || proof == other ? Optional.empty() : Optional.of(proof);
    }

    private static boolean canMeet(Rule rule, Rule other, Premises premises) {
        if (rule.condition() == null || other.condition() == null) {
            return true;
        }
        Alternatives some = premises.holding(rule.condition());
        Alternatives others = premises.holding(other.condition());
        return !some.complete()
                || !others.complete()
                || some.each().stream()
                        .anyMatch(one -> others.each().stream().anyMatch(each -> {
                            List<Literal> both = new ArrayList<>(one);
                            both.addAll(each);
                            return Contradiction.in(both).isEmpty();
                        }));
    }
}
