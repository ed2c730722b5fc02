package dev.sallyport.policy;

import dev.sallyport.core.Configuration;
import dev.sallyport.core.directory.Target;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Warns of documents that are valid, and yet say what nobody can have meant, or what hurts in practice.
 *
 * <p>What it costs is bounded: it stops after a time, and says so. The cheap rules come first.
 */
public final class Lint {

    /** How long it looks at one configuration. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private static final List<LintRule> RULES = List.of(
            new UnprovableAgent(),
            new DeadBinding(),
            new UnmetPin(),
            new MutableName(),
            new WildcardSubject(),
            new LoosePattern(),
            new LoneStar(),
            new DuplicatePolicy(),
            new MatchesNoAgent(),
            new MatchesNoTarget(),
            new MatchesNoAction(),
            new NeverTrue(),
            new AlwaysTrue(),
            new UnknownName(),
            new ClaimNeverSent(),
            new WrongShape(),
            new UnguardedDeny(),
            new ContextOnly(),
            new TtlWithoutEffect(),
            new ShadowedPolicy(),
            new RedundantPolicy(),
            new TightensGrant());

    private Lint() {}

    /**
     * What it found.
     *
     * @param complete whether all was looked at
     */
    public record Findings(List<Finding> all, boolean complete) {

        public Findings {
            all = List.copyOf(all);
        }
    }

    /**
     * Looks at a configuration.
     *
     * @param targets its targets, and the broker's own API
     * @param policies its very policies, compiled
     * @param nanoTime measures how long it takes, such as {@link System#nanoTime}
     */
    public static Findings of(
            Configuration configuration,
            Collection<Target> targets,
            PolicySet policies,
            Platforms platforms,
            LongSupplier nanoTime) {
        long start = nanoTime.getAsLong();
        Report report = new Report();
        Premises premises = new Premises(
                configuration, targets, policies, platforms, () -> nanoTime.getAsLong() - start > PATIENCE.toNanos());
        for (LintRule rule : RULES) {
            rule.check(premises, report);
        }
        return new Findings(report.found(), report.complete());
    }

    /** The words for what it warns of. */
    public static List<String> codes() {
        return RULES.stream().map(LintRule::code).sorted().toList();
    }
}
