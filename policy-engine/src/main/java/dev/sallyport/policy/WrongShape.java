package dev.sallyport.policy;

import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A condition that takes a list for a text, a text for a list, or a claim for a number. */
record WrongShape() implements LintRule.OfConditions {

    @Override
    public String code() {
        return "wrong-shape";
    }

    @Override
    public void check(Examined policy, Condition condition, Premises premises, Report.Of report) {
        for (List<Literal> literals : premises.holding(condition).each()) {
            Sources sources = Sources.of(policy.rule(), literals, premises);
            for (Literal literal : literals) {
                Atom atom = literal.atom();
                for (Path path : atom.reads()) {
                    String problem = path.key() != null && path.word().equals(Vocabulary.CLAIMS)
                            ? problem(atom, path, sources.list(path.key()))
                            : null;
                    if (problem != null) {
                        report.condition(policy.policy(), atom, problem);
                    }
                }
            }
        }
    }

    private static @Nullable String problem(Atom atom, Path path, @Nullable Boolean list) {
        Comparison comparison = atom.comparison();
        if (comparison != null && isNumber(comparison)) {
            return "Claims are texts, which " + atom.text()
                    + " can't be compared with: put the number or truth value between quotes.";
        }
        if (Boolean.TRUE.equals(list) && asText(atom, path)) {
            return "The claim " + path.key() + " is a list, and never equal to a text: write \"...\" in " + path + ".";
        }
        if (Boolean.FALSE.equals(list) && asList(atom, path)) {
            return "The claim " + path.key() + " is a text, and no list: write " + path + " == \"...\".";
        }
        return null;
    }

    private static boolean isNumber(Comparison comparison) {
        return switch (comparison.operator()) {
            case EQUAL, DIFFERENT, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                comparison.literal() instanceof Number || comparison.literal() instanceof Boolean;
            default -> false;
        };
    }

    private static boolean asText(Atom atom, Path path) {
        Comparison comparison = atom.comparison();
        if (comparison == null) {
            return atom.text().contains(path + ".matches(");
        }
        return switch (comparison.operator()) {
            case EQUAL, DIFFERENT, AMONG, STARTS, ENDS, CONTAINS -> true;
            default -> false;
        };
    }

    private static boolean asList(Atom atom, Path path) {
        Comparison comparison = atom.comparison();
        if (comparison != null) {
            return Objects.requireNonNull(comparison).operator() == Comparison.Operator.HOLDS;
        }
        return List.of(".exists(", ".exists_one(", ".all(", ".filter(", "[").stream()
                .anyMatch(use -> atom.text().contains(path + use));
    }
}
