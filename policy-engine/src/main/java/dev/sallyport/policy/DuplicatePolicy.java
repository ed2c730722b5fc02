package dev.sallyport.policy;

import dev.sallyport.core.policy.Policy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Two policies that say the same but for name and description. */
record DuplicatePolicy() implements LintRule.Whole {

    @Override
    public String code() {
        return "duplicate-policy";
    }

    @Override
    public void check(Premises premises, Report.Of report) {
        Map<Object, Policy> first = new HashMap<>();
        for (Examined each : premises.policies()) {
            if (report.ends(premises)) {
                return;
            }
            Policy policy = each.policy();
            Policy known = first.putIfAbsent(content(policy), policy);
            if (known != null) {
                report.policy(
                        policy,
                        "",
                        "Policy " + known.name() + " says the same: remove one of the two.",
                        List.of(known.name()));
            }
        }
    }

    static boolean same(Policy one, Policy other) {
        return content(one).equals(content(other));
    }

    /** What a policy says; the order of its lists says nothing. */
    private static Object content(Policy policy) {
        Map<String, Object> content = new HashMap<>();
        content.put("effect", policy.effect());
        content.put("agents", new HashSet<>(policy.agents()));
        content.put("targets", new HashSet<>(policy.targets()));
        content.put("actions", new HashSet<>(policy.actions()));
        content.put("grant", policy.grant());
        if (policy.when() != null) {
            content.put("when", policy.when().strip());
        }
        if (policy.limit() != null) {
            content.put("limit", policy.limit());
        }
        return content;
    }
}
