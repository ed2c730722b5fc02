package dev.sallyport.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.parser.CelUnparser;
import dev.cel.parser.CelUnparserFactory;
import dev.sallyport.policy.Comparison.Operator;
import dev.sallyport.policy.Predicate.All;
import dev.sallyport.policy.Predicate.Any;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Check;
import dev.sallyport.policy.Predicate.Not;
import dev.sallyport.policy.Predicate.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes a condition apart.
 *
 * <p>Comparisons of one value with a literal are evaluated here, which takes a tenth of the time; everything else is left to CEL.
 */
final class PredicateReader {

    private static final CelUnparser UNPARSER = CelUnparserFactory.newUnparser();

    private final CelAbstractSyntaxTree parsed;
    private final Function<CelAbstractSyntaxTree, Check> programs;
    private final Map<Map.Entry<String, Comparison>, Atom> atoms;

    /**
     * Reads one condition.
     *
     * @param parsed the whole, which passes the type check
     * @param programs makes the program of a part of it
     * @param atoms the comparisons that were read before
     */
    PredicateReader(
            CelAbstractSyntaxTree parsed,
            Function<CelAbstractSyntaxTree, Check> programs,
            Map<Map.Entry<String, Comparison>, Atom> atoms) {
        this.parsed = parsed;
        this.programs = programs;
        this.atoms = atoms;
    }

    /** The condition in one piece. */
    Atom whole() {
        return foreign(parsed.getExpr(), text(parsed.getExpr()), null);
    }

    Predicate predicate() {
        return predicate(parsed.getExpr());
    }

    private Predicate predicate(CelExpr expr) {
        if (expr.getKind() == Kind.CALL) {
            switch (expr.call().function()) {
                case "_&&_" -> {
                    return new All(parts(expr, "_&&_", new ArrayList<>()));
                }
                case "_||_" -> {
                    return new Any(parts(expr, "_||_", new ArrayList<>()));
                }
                case "!_" -> {
                    return new Not(predicate(args(expr.call()).getFirst()));
                }
                default -> {}
            }
        }
        return atom(expr, text(expr));
    }

    private List<Predicate> parts(CelExpr expr, String operator, List<Predicate> into) {
        for (CelExpr part : args(expr.call())) {
            if (part.getKind() == Kind.CALL && part.call().function().equals(operator)) {
                parts(part, operator, into);
            } else {
                into.add(predicate(part));
            }
        }
        return into;
    }

    private Atom atom(CelExpr expr, String text) {
        Comparison comparison = comparison(expr);
        Check check = comparison == null ? null : comparison.check();
        if (comparison == null || check == null) {
            return foreign(expr, text, comparison);
        }
        Atom atom = new Atom(text, List.of(comparison.path()), check, comparison);
        Atom known = atoms.putIfAbsent(Map.entry(text, comparison), atom);
        return known == null ? atom : known;
    }

    private Atom foreign(CelExpr expr, String text, @Nullable Comparison comparison) {
        CelAbstractSyntaxTree part = part(expr);
        List<Path> reads = CelNavigableExpr.fromExpr(expr)
                .allNodes()
                .flatMap(node -> path(node.expr()).stream())
                .distinct()
                .toList();
        return new Atom(text, withoutWholes(reads), programs.apply(part), comparison);
    }

    /** A map whose entries are read is not told of as a whole. */
    private static List<Path> withoutWholes(List<Path> reads) {
        return reads.stream()
                .filter(each -> each.key() != null
                        || reads.stream()
                                .noneMatch(other ->
                                        other.key() != null && other.word().equals(each.word())))
                .toList();
    }

    private CelAbstractSyntaxTree part(CelExpr expr) {
        return CelAbstractSyntaxTree.newParsedAst(expr, parsed.getSource());
    }

    private String text(CelExpr expr) {
        return UNPARSER.unparse(part(expr));
    }

    private static @Nullable Comparison comparison(CelExpr expr) {
        return switch (expr.getKind()) {
            case SELECT -> has(expr.select());
            case CALL -> comparison(expr.call());
            default -> null;
        };
    }

    private static List<CelExpr> args(CelCall call) {
        return call.args();
    }

    private static @Nullable Comparison has(CelSelect select) {
        Path map = select.testOnly() ? path(select.operand()).orElse(null) : null;
        return map == null || map.key() != null
                ? null
                : new Comparison(new Path(map.word(), select.field()), Operator.HAS, select.field());
    }

    private static @Nullable Comparison comparison(CelCall call) {
        if (call.function().equals("@in")) {
            return membership(args(call).getFirst(), args(call).getLast());
        }
        Operator operator = Operator.of(call.function());
        List<CelExpr> sides =
                Stream.concat(call.target().stream(), args(call).stream()).toList();
        if (operator == null || sides.size() != 2) {
            return null;
        }
        Comparison straight = comparison(sides.getFirst(), operator, sides.getLast());
        Operator turned = operator.turned();
        return straight == null && turned != null ? comparison(sides.getLast(), turned, sides.getFirst()) : straight;
    }

    private static @Nullable Comparison comparison(CelExpr left, Operator operator, CelExpr right) {
        Path path = path(left).orElse(null);
        Object literal = literal(right);
        return path == null || literal == null ? null : new Comparison(path, operator, literal);
    }

    private static @Nullable Comparison membership(CelExpr left, CelExpr right) {
        Path list = path(right).orElse(null);
        String literal = ConditionReads.literal(left).orElse(null);
        if (list != null && literal != null) {
            return new Comparison(list, Operator.HOLDS, literal);
        }
        Path path = path(left).orElse(null);
        if (path == null || right.getKind() != Kind.LIST) {
            return null;
        }
        List<CelExpr> elements = right.list().elements();
        List<String> among = elements.stream()
                .flatMap(each -> ConditionReads.literal(each).stream())
                .toList();
        return among.size() == elements.size() && !among.isEmpty() ? new Comparison(path, Operator.AMONG, among) : null;
    }

    /** What an expression reads, where it reads one word or one entry of it and does nothing else. */
    private static Optional<Path> path(CelExpr expr) {
        Optional<String> word = word(expr);
        if (word.isPresent()) {
            return word.map(name -> new Path(name, null));
        }
        if (expr.getKind() == Kind.SELECT && !expr.select().testOnly()) {
            return word(expr.select().operand())
                    .map(name -> new Path(name, expr.select().field()));
        }
        if (expr.getKind() == Kind.CALL && expr.call().function().equals("_[_]")) {
            List<CelExpr> args = args(expr.call());
            return word(args.getFirst())
                    .flatMap(name -> ConditionReads.literal(args.getLast()).map(key -> new Path(name, key)));
        }
        return Optional.empty();
    }

    private static Optional<String> word(CelExpr expr) {
        String name = switch (expr.getKind()) {
            case IDENT -> ConditionReads.root(expr);
            case SELECT ->
                expr.select().operand().getKind() == Kind.IDENT
                                && !expr.select().testOnly()
                        ? ConditionReads.root(expr.select().operand()) + "."
                                + expr.select().field()
                        : "";
            default -> "";
        };
        return Vocabulary.TYPES.containsKey(name) ? Optional.of(name) : Optional.empty();
    }

    private static @Nullable Object literal(CelExpr expr) {
        if (expr.getKind() == Kind.CONSTANT) {
            return switch (expr.constant().getKind()) {
                case STRING_VALUE -> expr.constant().stringValue();
                case INT64_VALUE -> expr.constant().int64Value();
                case DOUBLE_VALUE -> expr.constant().doubleValue();
                case BOOLEAN_VALUE -> expr.constant().booleanValue();
                default -> null;
            };
        }
        return expr.getKind() == Kind.CALL && expr.call().function().equals("duration") ? duration(expr.call()) : null;
    }

    /** A duration in one unit; others are left to CEL. */
    private static @Nullable Duration duration(CelCall call) {
        String text = args(call).size() == 1
                ? ConditionReads.literal(args(call).getFirst()).orElse("")
                : "";
        if (!text.matches("[0-9]{1,9}[smh]")) {
            return null;
        }
        long count = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(count);
            case 'm' -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }
}
