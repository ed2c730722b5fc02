package dev.sallyport.policy;

import dev.sallyport.core.policy.Policy;
import java.util.List;
import java.util.Objects;

/** A policy that another one of the same effect covers, and that narrows nothing: it changes no decision. */
record RedundantPolicy() implements LintRule.OfPolicies {

    @Override
    public String code() {
        return "redundant-policy";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        Rule rule = policy.rule();
        Wider.than(rule, premises)
                .filter(other -> other.allows() == rule.allows() && covers(other, rule, premises))
                .filter(other -> !covers(rule, other, premises) || other.name().compareTo(rule.name()) < 0)
                .filter(other -> !DuplicatePolicy.same(policy.policy(), premises.named(other)))
                .findFirst()
                .ifPresent(other -> report.policy(
                        policy.policy(),
                        "",
                        "Policy " + other.name() + (rule.allows() ? " permits" : " forbids")
                                + " all of this already, so that this policy changes nothing: remove it, or narrow that one.",
                        List.of(other.name())));
    }

    private static boolean covers(Rule wide, Rule narrow, Premises premises) {
        return alwaysWith(wide, narrow)
                && narrowsNothing(narrow, wide)
                && narrowsNothing(wide, narrow)
                && Coverage.coversActions(wide, narrow)
                && Coverage.coversWhatever(wide, narrow)
                && Coverage.coversWhoever(wide, narrow, premises);
    }

    private static boolean alwaysWith(Rule wide, Rule narrow) {
        return wide.condition() == null || wide.condition() == narrow.condition();
    }

    /** Whether a grant is no tighter than another. */
    private static boolean narrowsNothing(Rule rule, Rule other) {
        Policy.Limit limit = rule.limit();
        return (rule.ttl() == null || (other.ttl() != null && rule.ttl().compareTo(other.ttl()) >= 0))
                && (limit == null || Objects.equals(limit, other.limit()))
                && TightensGrant.adds(rule.proof(), other.proof()).isEmpty();
    }
}
