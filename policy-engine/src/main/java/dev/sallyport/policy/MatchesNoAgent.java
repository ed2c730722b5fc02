package dev.sallyport.policy;

import java.util.List;

/** A selector that no agent matches. */
record MatchesNoAgent() implements LintRule.OfPolicies {

    @Override
    public String code() {
        return "matches-no-agent";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        List<Rule.Who> selectors = policy.rule().agents();
        for (int i = 0; i < selectors.size(); i++) {
            Selection.Selected selected = premises.agents(List.of(selectors.get(i)));
            if (selected.all() && selected.agents().isEmpty()) {
                report.policy(
                        policy.policy(),
                        "agents[" + i + "]",
                        "No agent has this name, kind and labels together: correct the selector, or register the agent.");
            }
        }
    }
}
