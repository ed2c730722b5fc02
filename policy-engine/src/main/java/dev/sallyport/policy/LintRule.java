package dev.sallyport.policy;

import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import java.util.List;

/**
 * One rule of the {@link Lint}.
 *
 * <p>A rule has no state. It warns of what is wrong for certain, or hurts in practice, and keeps quiet where it can't know.
 */
sealed interface LintRule {

    /** A stable word for what it warns of: the section of {@code docs/lint.md}. */
    String code();

    /** Looks at everything, and stops where the time is up. */
    void check(Premises premises, Report report);

    /** Looks at everything at once. */
    non-sealed interface Whole extends LintRule {

        void check(Premises premises, Report.Of report);

        @Override
        default void check(Premises premises, Report report) {
            if (premises.late()) {
                report.cut();
            } else {
                check(premises, report.of(code()));
            }
        }
    }

    /** Looks at one policy after another. */
    non-sealed interface OfPolicies extends LintRule {

        void check(Examined policy, Premises premises, Report.Of report);

        @Override
        default void check(Premises premises, Report report) {
            Report.Of own = report.of(code());
            for (Examined each : premises.policies()) {
                if (own.ends(premises)) {
                    return;
                }
                check(each, premises, own);
            }
        }
    }

    /** Looks at one condition after another, as its {@link Alternatives}. */
    non-sealed interface OfConditions extends LintRule {

        void check(Examined policy, Condition condition, Premises premises, Report.Of report);

        @Override
        default void check(Premises premises, Report report) {
            Report.Of own = report.of(code());
            for (Examined each : premises.policies()) {
                if (own.ends(premises)) {
                    return;
                }
                Condition condition = each.rule().condition();
                if (condition != null) {
                    check(each, condition, premises, own);
                }
            }
        }
    }

    /** Looks at one agent after another. */
    non-sealed interface OfAgents extends LintRule {

        void check(Agent agent, List<Bound> bindings, Report.Of report);

        /** A binding and what is known of its trust provider. */
        record Bound(int number, Binding binding, TrustProvider provider, Platform platform) {

            String field(String claim) {
                return "bindings[" + number + "].match." + claim;
            }
        }

        @Override
        default void check(Premises premises, Report report) {
            Report.Of own = report.of(code());
            for (Agent each : premises.configuration().agents()) {
                if (own.ends(premises)) {
                    return;
                }
                check(each, premises.bindings(each), own);
            }
        }
    }

    /** Looks at one trust provider after another. */
    non-sealed interface OfProviders extends LintRule {

        void check(TrustProvider provider, Platform platform, Report.Of report);

        @Override
        default void check(Premises premises, Report report) {
            Report.Of own = report.of(code());
            for (TrustProvider each : premises.configuration().trustProviders()) {
                check(each, premises.platform(each), own);
            }
        }
    }
}
