package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Target;
import java.util.List;

/** An action that none of the policy's targets offers. */
record MatchesNoAction() implements LintRule.OfPolicies {

    @Override
    public String code() {
        return "matches-no-action";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        List<Target> targets = premises.targets(policy.rule());
        if (targets.isEmpty()) {
            return;
        }
        List<Glob> actions = policy.rule().actions();
        for (int i = 0; i < actions.size(); i++) {
            Glob action = actions.get(i);
            if (targets.stream().noneMatch(target -> Coverage.meet(Glob.all(target.actions()), List.of(action)))) {
                report.policy(
                        policy.policy(),
                        "actions[" + i + "]",
                        "The action " + action + " is none of "
                                + Report.some(targets.stream().map(Target::name).toList())
                                + ": correct it, or add it to the target's actions.");
            }
        }
    }
}
