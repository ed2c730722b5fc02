package dev.sallyport.policy;

import dev.sallyport.core.directory.Target;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/** A lifetime that is longer than all of the policy's targets allow. */
record TtlWithoutEffect() implements LintRule.OfPolicies {

    @Override
    public String code() {
        return "ttl-without-effect";
    }

    @Override
    public void check(Examined policy, Premises premises, Report.Of report) {
        Duration ttl = policy.rule().ttl();
        Optional<Duration> longest = premises.targets(policy.rule()).stream()
                .map((Target target) -> target.token().maxTtl())
                .max(Comparator.naturalOrder());
        if (ttl != null && longest.isPresent() && ttl.compareTo(longest.get()) > 0) {
            report.policy(
                    policy.policy(),
                    "grant.ttl",
                    "A grant only narrows, and tokens of these targets live " + longest.get()
                            + " at most: leave ttl out, shorten it, or raise the target's token.maxTtl.");
        }
    }
}
