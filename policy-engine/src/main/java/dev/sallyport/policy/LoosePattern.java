package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import dev.sallyport.policy.Comparison.Operator;
import dev.sallyport.policy.Sources.Source;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A pattern for a workload's name in which the star does not stand behind a separator. */
record LoosePattern() implements LintRule.Whole {

    private static final Pattern LOOSE = Pattern.compile("^\\*+[^*]|[A-Za-z0-9]\\*");

    @Override
    public String code() {
        return "loose-pattern";
    }

    @Override
    public void check(Premises premises, Report.Of report) {
        for (Agent agent : premises.configuration().agents()) {
            if (report.ends(premises)) {
                return;
            }
            premises.bindings(agent)
                    .forEach(bound -> bound.binding().match().forEach((claim, pattern) -> {
                        if (bound.platform().aboutWho(claim)
                                && LOOSE.matcher(pattern).find()) {
                            report.binding(
                                    agent.name(),
                                    bound.field(claim),
                                    bound.provider().name(),
                                    "The pattern " + pattern
                                            + " also matches names that others can choose, as acme* does acme-evil:"
                                            + " put the star behind a separator, or write the whole name.");
                        }
                    }));
        }
        for (Examined each : premises.policies()) {
            if (report.ends(premises)) {
                return;
            }
            Condition condition = each.rule().condition();
            if (condition != null) {
                premises.holding(condition).each().forEach(literals -> check(each, literals, premises, report));
            }
        }
    }

    private static void check(Examined policy, List<Literal> literals, Premises premises, Report.Of report) {
        for (Literal literal : literals) {
            Comparison comparison = literal.atom().comparison();
            if (comparison == null || !literal.holds() || !(comparison.literal() instanceof String text)) {
                continue;
            }
            String claim = claim(comparison);
            if (claim != null
                    && isLoose(comparison.operator(), text)
                    && Sources.of(policy.rule(), literals, premises).each().stream()
                            .map(Source::platform)
                            .anyMatch(platform -> isOpen(comparison.operator(), platform, claim))) {
                report.condition(
                        policy.policy(),
                        literal.atom(),
                        literal.text()
                                + " also holds for names that others can choose: compare the whole name with ==, or"
                                + " begin with it up to a separator.");
            }
        }
    }

    private static @Nullable String claim(Comparison comparison) {
        return comparison.path().word().equals(Vocabulary.CLAIMS)
                ? comparison.path().key()
                : comparison.path().word().equals("attestation.subject") ? "sub" : null;
    }

    private static boolean isLoose(Operator operator, String text) {
        return switch (operator) {
            case STARTS -> !text.isEmpty() && Character.isLetterOrDigit(text.charAt(text.length() - 1));
            case CONTAINS, ENDS -> true;
            default -> false;
        };
    }

    /** What a claim that only the platform writes ends with is nobody's to choose. */
    private static boolean isOpen(Operator operator, Platform platform, String claim) {
        return operator == Operator.ENDS ? platform.names().containsKey(claim) : platform.aboutWho(claim);
    }
}
