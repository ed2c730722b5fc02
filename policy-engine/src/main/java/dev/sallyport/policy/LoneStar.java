package dev.sallyport.policy;

import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Selector;
import java.util.List;

/** An allow for everybody, for every target or for every action. */
record LoneStar() implements LintRule.OfPolicies {

    @Override
    public String code() {
        return "lone-star";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        Policy allow = policy.policy();
        if (!policy.rule().allows()) {
            return;
        }
        for (int i = 0; i < allow.agents().size(); i++) {
            Selector selector = allow.agents().get(i);
            if (selector.kind() == null && selector.labels().isEmpty() && isStar(String.valueOf(selector.name()))) {
                say(allow, "agents[" + i + "].name", "every agent, those to come included", report);
            }
        }
        check(allow, "targets", allow.targets(), "every target, those to come included", report);
        if (!administers(allow)) {
            check(allow, "actions", allow.actions(), "every action, those to come included", report);
        }
    }

    /** Whether it makes named agents the broker's admins: whoever may do all now is to do what comes as well. */
    private static boolean administers(Policy allow) {
        return allow.targets().equals(List.of(Target.BUILT_IN))
                && allow.agents().stream()
                        .allMatch(who -> who.name() != null && who.name().indexOf('*') < 0);
    }

    private static void check(Policy allow, String field, List<String> patterns, String what, Report.Of report) {
        for (int i = 0; i < patterns.size(); i++) {
            if (isStar(patterns.get(i))) {
                say(allow, field + "[" + i + "]", what, report);
            }
        }
    }

    private static void say(Policy allow, String field, String what, Report.Of report) {
        report.policy(allow, field, "A lone * allows " + what + ": name those that are meant.");
    }

    private static boolean isStar(String pattern) {
        return !pattern.isEmpty() && pattern.chars().allMatch(c -> c == '*');
    }
}
