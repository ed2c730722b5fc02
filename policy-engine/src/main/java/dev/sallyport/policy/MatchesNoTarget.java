package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import java.util.List;

/** A pattern that no target's name matches. */
record MatchesNoTarget() implements LintRule.OfPolicies {

    @Override
    public String code() {
        return "matches-no-target";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        List<Glob> patterns = policy.rule().targets();
        for (int i = 0; i < patterns.size(); i++) {
            Glob pattern = patterns.get(i);
            if (!pattern.exact()
                    && premises.targets().stream().noneMatch(each -> !each.builtIn() && pattern.matches(each.name()))) {
                report.policy(
                        policy.policy(),
                        "targets[" + i + "]",
                        "No target's name matches " + pattern + ": correct the pattern, or register the target.");
            }
        }
    }
}
