package dev.sallyport.policy;

import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a permit is narrowed to: the tightest of all allows that permit a granted action, and of the target.
 *
 * @param ttl the longest lifetime
 * @param proofs the ways in which the token must be bound, all of them
 * @param limits how often it may be used, by the name of the policy that says so
 * @param policies the names of those allows
 */
public record Constraints(Duration ttl, Set<Proof> proofs, Map<String, Policy.Limit> limits, List<String> policies) {

    public Constraints {
        proofs = Set.copyOf(proofs);
        limits = Map.copyOf(limits);
        policies = List.copyOf(policies);
    }

    static Constraints of(Target target, List<String> granted, Considered considered) {
        Duration ttl = target.token().maxTtl();
        List<String> names = new ArrayList<>();
        Map<String, Policy.Limit> limits = new HashMap<>();
        Set<Proof> proofs = EnumSet.of(target.token().proof());
        for (Rule rule : considered.all()) {
            if (rule.allows() && appliesToOne(rule, granted, considered)) {
                names.add(rule.name());
                ttl = rule.ttl() != null && rule.ttl().compareTo(ttl) < 0 ? rule.ttl() : ttl;
                proofs.add(rule.proof());
                if (rule.limit() != null) {
                    limits.put(rule.name(), rule.limit());
                }
            }
        }
        proofs.remove(Proof.NONE);
        return new Constraints(ttl, proofs, limits, names);
    }

    private static boolean appliesToOne(Rule rule, List<String> granted, Considered considered) {
        for (String action : granted) {
            if (considered.applies(rule, action)) {
                return true;
            }
        }
        return false;
    }
}
