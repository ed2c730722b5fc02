package dev.sallyport.policy;

import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Predicate.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One value compared with a literal.
 *
 * @param path what is read
 * @param operator how it is compared
 * @param literal with what: a string, number, boolean, duration, or a list of strings; the key itself for {@link Operator#HAS}
 */
record Comparison(Path path, Operator operator, Object literal) {

    /** How a value is compared. */
    enum Operator {
        EQUAL("=="),
        DIFFERENT("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        /** The value is one of the literals. */
        AMONG("in"),
        /** The value is a list or a map that holds the literal. */
        HOLDS("in"),
        STARTS("startsWith"),
        ENDS("endsWith"),
        CONTAINS("contains"),
        /** The value is there. */
        HAS("has");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        private @Nullable Operator negated() {
            return switch (this) {
                case EQUAL -> DIFFERENT;
                case DIFFERENT -> EQUAL;
                case LESS -> GREATER_OR_EQUAL;
                case LESS_OR_EQUAL -> GREATER;
                case GREATER -> LESS_OR_EQUAL;
                case GREATER_OR_EQUAL -> LESS;
                default -> null;
            };
        }

        static @Nullable Operator of(String function) {
            return switch (function) {
                case "_==_" -> EQUAL;
                case "_!=_" -> DIFFERENT;
                case "_<_" -> LESS;
                case "_<=_" -> LESS_OR_EQUAL;
                case "_>_" -> GREATER;
                case "_>=_" -> GREATER_OR_EQUAL;
                case "startsWith" -> STARTS;
                case "endsWith" -> ENDS;
                case "contains" -> CONTAINS;
                default -> null;
            };
        }

        /** The same with its sides exchanged. */
        @Nullable
        Operator turned() {
            return switch (this) {
                case EQUAL, DIFFERENT -> this;
                case LESS -> GREATER;
                case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
                case GREATER -> LESS;
                case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
                default -> null;
            };
        }
    }

    /** The contrary as it would be written; null where it has no operator of its own. */
    @Nullable
    String negated() {
        Operator contrary = operator.negated();
        return contrary == null ? null : new Comparison(path, contrary, literal).text();
    }

    /** As it would be written. */
    String text() {
        return switch (operator) {
            case STARTS, ENDS, CONTAINS -> path + "." + operator.text + "(" + written(literal) + ")";
            case HOLDS -> written(literal) + " in " + path;
            case HAS -> "has(" + path + ")";
            default -> path + " " + operator.text + " " + written(literal);
        };
    }

    private static String written(Object literal) {
        return switch (literal) {
            case String text -> quoted(text);
            case List<?> list -> list.stream().map(Comparison::written).collect(Collectors.joining(", ", "[", "]"));
            case Duration time -> "duration(\"" + time.toSeconds() + "s\")";
            default -> literal.toString();
        };
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /** Evaluates it as CEL would; null where that is left to CEL. */
    Predicate.@Nullable Check check() {
        return switch (literal) {
            case String text -> checkText(text);
            case List<?> list
            when operator == Operator.AMONG ->
                (facts, action) -> {
                    Object value = path.value(facts, action);
                    return value == null ? Outcome.FAILED : Outcome.of(list.contains(value));
                };
            case Duration time -> checkTime(time);
            default -> null;
        };
    }

    private Predicate.@Nullable Check checkText(String text) {
        return switch (operator) {
            case EQUAL ->
                (facts, action) -> {
                    Object value = path.value(facts, action);
                    return value == null ? Outcome.FAILED : Outcome.of(text.equals(value));
                };
            case DIFFERENT ->
                (facts, action) -> {
                    Object value = path.value(facts, action);
                    return value == null ? Outcome.FAILED : Outcome.of(!text.equals(value));
                };
            case STARTS ->
                (facts, action) -> path.value(facts, action) instanceof String value
                        ? Outcome.of(value.startsWith(text))
                        : Outcome.FAILED;
            case ENDS ->
                (facts, action) -> path.value(facts, action) instanceof String value
                        ? Outcome.of(value.endsWith(text))
                        : Outcome.FAILED;
            case CONTAINS ->
                (facts, action) -> path.value(facts, action) instanceof String value
                        ? Outcome.of(value.contains(text))
                        : Outcome.FAILED;
            case HOLDS ->
                (facts, action) -> switch (path.value(facts, action)) {
                    case List<?> list -> Outcome.of(list.contains(text));
                    case Map<?, ?> map -> Outcome.of(map.containsKey(text));
                    case null, default -> Outcome.FAILED;
                };
            case HAS ->
                (facts, action) -> facts.get(path.word(), action) instanceof Map<?, ?> map
                        ? Outcome.of(map.containsKey(text))
                        : Outcome.FAILED;
            default -> null;
        };
    }

    private Predicate.@Nullable Check checkTime(Duration time) {
        return switch (operator) {
            case LESS -> ordered(time, sign -> sign < 0);
            case LESS_OR_EQUAL -> ordered(time, sign -> sign <= 0);
            case GREATER -> ordered(time, sign -> sign > 0);
            case GREATER_OR_EQUAL -> ordered(time, sign -> sign >= 0);
            default -> null;
        };
    }

    private Predicate.Check ordered(Duration time, IntPredicate test) {
        return (facts, action) -> path.value(facts, action) instanceof Duration value
                ? Outcome.of(test.test(value.compareTo(time)))
                : Outcome.FAILED;
    }
}
