package dev.sallyport.policy;

import dev.sallyport.policy.Predicate.All;
import dev.sallyport.policy.Predicate.Any;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Not;
import dev.sallyport.policy.Predicate.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a condition can come to where one thing that it reads is not there. */
final class Absence {

    private static final int TRUE = 1;
    private static final int FALSE = 2;
    private static final int FAILED = 4;

    private Absence() {}

    /**
     * A request without something.
     *
     * @param path what is not there
     * @param type the trust provider type; null where it may be any
     * @param provider the trust provider; null where it may be any
     */
    record Scenario(
            Path path, @Nullable String type, @Nullable String provider) {}

    /** Whether the predicate may be impossible to evaluate then. */
    static boolean canFail(Predicate predicate, Scenario scenario) {
        return (outcomes(predicate, scenario) & FAILED) != 0;
    }

    private static int outcomes(Predicate predicate, Scenario scenario) {
        return switch (predicate) {
            case All(var parts) -> joined(parts, scenario, FALSE, TRUE);
            case Any(var parts) -> joined(parts, scenario, TRUE, FALSE);
            case Not(var part) -> negated(outcomes(part, scenario));
            case Atom atom -> outcomes(atom, scenario);
        };
    }

    /**
     * What some parts come to together, each for itself.
     *
     * @param decides the outcome that decides by itself: one part that has it is enough
     */
    private static int joined(List<Predicate> parts, Scenario scenario, int decides, int other) {
        int all = other;
        for (Predicate part : parts) {
            int each = outcomes(part, scenario);
            int next = (all | each) & decides;
            if ((all & other) != 0 && (each & other) != 0) {
                next |= other;
            }
            if (((all & FAILED) != 0 && (each & ~decides) != 0) || ((each & FAILED) != 0 && (all & ~decides) != 0)) {
                next |= FAILED;
            }
            all = next;
        }
        return all;
    }

    private static int negated(int outcomes) {
        return (outcomes & FAILED) | ((outcomes & TRUE) << 1) | ((outcomes & FALSE) >> 1);
    }

    private static int outcomes(Atom atom, Scenario scenario) {
        Literal literal = new Literal(atom, true);
        if (literal.asksFor(scenario.path())) {
            return atom.comparison() == null ? TRUE | FALSE : FALSE;
        }
        if (atom.reads().contains(scenario.path())) {
            return FAILED;
        }
        Comparison comparison = atom.comparison();
        if (comparison == null || comparison.path().key() != null) {
            return TRUE | FALSE;
        }
        String value = switch (comparison.path().word()) {
            case "attestation.type" -> scenario.type();
            case "attestation.provider" -> scenario.provider();
            default -> null;
        };
        return value == null
                ? TRUE | FALSE
                : Literal.outcome(comparison, value)
                        .map(holds -> holds ? TRUE : FALSE)
                        .orElse(TRUE | FALSE);
    }
}
