package dev.sallyport.policy;

import dev.sallyport.policy.Comparison.Operator;
import dev.sallyport.policy.Predicate.Path;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Two literals that can't hold together.
 *
 * <p>Each pair about one value is looked at; what only three of them contradict is not found. Nor is anything that takes more
 * than texts, numbers and what is there.
 */
record Contradiction(Literal one, Literal other) {

    /** A comparison with a number of something that is no single word, as it is written. */
    private static final Pattern NUMERIC = Pattern.compile("([^?]+) (==|!=|<|<=|>|>=) (-?[0-9]+(?:\\.[0-9]+)?)");

    private static final Literal FALSE_TEXT =
            new Literal(new Predicate.Atom("false", List.of(), (facts, action) -> Condition.Outcome.FALSE, null), true);

    /** The first contradiction among literals that would have to hold together. */
    static Optional<Contradiction> in(List<Literal> literals) {
        Map<String, List<Literal>> byValue = new LinkedHashMap<>();
        for (Literal literal : literals) {
            if (literal.atom().text().equals(literal.holds() ? "false" : "true")) {
                return Optional.of(new Contradiction(literal, FALSE_TEXT));
            }
            byValue.computeIfAbsent(value(literal), any -> new ArrayList<>()).add(literal);
        }
        for (List<Literal> about : byValue.values()) {
            for (int i = 0; i < about.size(); i++) {
                for (int j = 0; j < i; j++) {
                    if (contradict(about.get(j), about.get(i))) {
                        return Optional.of(new Contradiction(about.get(j), about.get(i)));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String value(Literal literal) {
        Comparison comparison = literal.atom().comparison();
        if (comparison != null) {
            return comparison.path().toString();
        }
        Matcher numeric = NUMERIC.matcher(literal.atom().text());
        return numeric.matches() ? numeric.group(1) : literal.atom().text();
    }

    private static boolean contradict(Literal one, Literal other) {
        if (one.atom().text().equals(other.atom().text())) {
            return one.holds() != other.holds();
        }
        if (absent(one) || absent(other)) {
            return reads(one) || reads(other);
        }
        return texts(one, other) || texts(other, one) || ends(one, other) || numbers(one, other);
    }

    private static boolean absent(Literal literal) {
        Comparison comparison = literal.atom().comparison();
        return comparison != null && comparison.operator() == Operator.HAS && !literal.holds();
    }

    private static boolean reads(Literal literal) {
        Comparison comparison = literal.atom().comparison();
        return comparison != null && comparison.operator() != Operator.HAS;
    }

    /** Whether none of the texts that one admits is left by the other. */
    private static boolean texts(Literal one, Literal other) {
        Comparison comparison = one.atom().comparison();
        Comparison second = other.atom().comparison();
        if (comparison == null || second == null) {
            return false;
        }
        Path path = comparison.path();
        return one.pins(path.word(), path.key())
                .map(values -> values.stream()
                        .noneMatch(value -> Literal.outcome(second, value)
                                .map(outcome -> outcome == other.holds())
                                .orElse(true)))
                .orElse(false);
    }

    /** Whether both say how a text begins, or ends, and no text does both. */
    private static boolean ends(Literal one, Literal other) {
        Comparison first = one.atom().comparison();
        Comparison second = other.atom().comparison();
        if (first == null
                || second == null
                || !one.holds()
                || !other.holds()
                || first.operator() != second.operator()
                || !(first.literal() instanceof String a)
                || !(second.literal() instanceof String b)) {
            return false;
        }
        return switch (first.operator()) {
            case STARTS -> !a.startsWith(b) && !b.startsWith(a);
            case ENDS -> !a.endsWith(b) && !b.endsWith(a);
            default -> false;
        };
    }

    private static boolean numbers(Literal one, Literal other) {
        Span first = Span.of(one);
        Span second = Span.of(other);
        return first != null && second != null && first.apartFrom(second);
    }

    /**
     * The numbers for which a literal holds, or the seconds.
     *
     * @param low the lower end; null for none
     * @param high the upper end; null for none
     */
    private record Span(
            @Nullable BigDecimal low,
            boolean withLow,
            @Nullable BigDecimal high,
            boolean withHigh) {

        static @Nullable Span of(Literal literal) {
            Comparison comparison = literal.atom().comparison();
            Matcher numeric = NUMERIC.matcher(literal.atom().text());
            if (comparison != null) {
                BigDecimal number = number(comparison.literal());
                return number == null ? null : of(comparison.operator(), number, literal.holds());
            }
            return numeric.matches()
                    ? of(operator(numeric.group(2)), new BigDecimal(numeric.group(3)), literal.holds())
                    : null;
        }

        private static Operator operator(String text) {
            Operator operator = Operator.of("_" + text + "_");
            return operator == null ? Operator.HAS : operator;
        }

        private static @Nullable BigDecimal number(Object literal) {
            return switch (literal) {
                case Long whole -> BigDecimal.valueOf(whole);
                case Double fraction when Double.isFinite(fraction) -> BigDecimal.valueOf(fraction);
                case Duration time -> BigDecimal.valueOf(time.toSeconds());
                default -> null;
            };
        }

        private static @Nullable Span of(Operator operator, BigDecimal number, boolean holds) {
            return switch (operator) {
                case EQUAL -> holds ? new Span(number, true, number, true) : null;
                case DIFFERENT -> holds ? null : new Span(number, true, number, true);
                case LESS -> holds ? below(number, false) : above(number, true);
                case LESS_OR_EQUAL -> holds ? below(number, true) : above(number, false);
                case GREATER -> holds ? above(number, false) : below(number, true);
                case GREATER_OR_EQUAL -> holds ? above(number, true) : below(number, false);
                default -> null;
            };
        }

        private static Span below(BigDecimal number, boolean with) {
            return new Span(null, false, number, with);
        }

        private static Span above(BigDecimal number, boolean with) {
            return new Span(number, with, null, false);
        }

        boolean apartFrom(Span other) {
            return endsBefore(other) || other.endsBefore(this);
        }

        private boolean endsBefore(Span other) {
            if (high == null || other.low == null) {
                return false;
            }
            int order = high.compareTo(other.low);
            return order < 0 || (order == 0 && !(withHigh && other.withLow));
        }
    }
}
