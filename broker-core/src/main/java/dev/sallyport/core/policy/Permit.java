package dev.sallyport.core.policy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A permission, with its constraints: the only thing that a token can be minted from.
 *
 * <p>Only the policy engine constructs one; an architecture test holds that.
 *
 * @param ask the question that it answers
 * @param actions the actions that are granted: never none
 * @param ttl the longest lifetime that target and policies allow
 * @param proofs the ways in which the token must be bound to the caller, all of them
 * @param limits how often it may be used, by the name of the policy that says so: all of them
 * @param policies the names of the allow policies that decided
 */
public record Permit(
        Ask ask,
        List<String> actions,
        Duration ttl,
        Set<Proof> proofs,
        Map<String, Policy.Limit> limits,
        List<String> policies)
        implements Decision {

    public Permit {
        actions = List.copyOf(actions);
        proofs = Set.copyOf(proofs);
        limits = Map.copyOf(limits);
        policies = List.copyOf(policies);
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("a permit grants at least one action");
        }
        if (proofs.contains(Proof.NONE)) {
            throw new IllegalArgumentException("none is not a way to bind a token");
        }
    }
}
