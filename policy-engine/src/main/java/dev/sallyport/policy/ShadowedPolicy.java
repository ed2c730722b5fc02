package dev.sallyport.policy;

import java.util.List;

/** An allow that an unconditional deny covers: it never permits anything. */
record ShadowedPolicy() implements LintRule.OfPolicies {

    @Override
    public String code() {
        return "shadowed-policy";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        Rule allow = policy.rule();
        if (!allow.allows()) {
            return;
        }
        Wider.than(allow, premises)
                .filter(rule -> !rule.allows() && rule.condition() == null)
                .filter(deny -> Coverage.coversAgentsNow(deny, allow, premises)
                        && Coverage.coversTargetsNow(deny, allow, premises)
                        && Coverage.coversActionsNow(deny, allow, premises))
                .findFirst()
                .ifPresent(deny -> report.policy(
                        policy.policy(),
                        "",
                        "The deny policy " + deny.name()
                                + " forbids everything that this one permits, and has no condition:"
                                + " remove this policy, or narrow that one.",
                        List.of(deny.name())));
    }
}
