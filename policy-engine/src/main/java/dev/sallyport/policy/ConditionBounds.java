package dev.sallyport.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.sallyport.core.Invalid;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a condition must keep to, so that no policy can make decisions slow: checked when it is written.
 *
 * <p>CEL for Java cannot estimate costs, so the shape is bounded instead.
 */
final class ConditionBounds {

    /** The most instructions of RE2 that a regular expression may compile to. */
    static final int MAX_PATTERN_SIZE = 2_000;

    /** The most rounds of all loops of one evaluation; one that needs more fails. */
    static final int MAX_ITERATIONS = 1_000;

    private static final int MAX_NODES = 200;
    private static final int MAX_PATTERN_LENGTH = 256;
    private static final int MAX_REPEATS = 1_000;
    private static final Pattern REPEAT = Pattern.compile("\\{(\\d+)(?:,(\\d*))?\\}");

    private final CelAbstractSyntaxTree ast;

    private ConditionBounds(CelAbstractSyntaxTree ast) {
        this.ast = ast;
    }

    static void check(CelAbstractSyntaxTree ast) {
        Invalid.unless(
                ConditionReads.nodes(ast).limit(MAX_NODES + 1).count() <= MAX_NODES,
                "when",
                "must have at most 200 AST nodes, those that macros make included");
        ConditionBounds bounds = new ConditionBounds(ast);
        ConditionReads.nodes(ast).forEach(bounds::check);
    }

    static void unless(boolean holds, CelAbstractSyntaxTree ast, CelExpr where, String reason) {
        if (!holds) {
            Map<Long, Integer> positions = ast.getSource().getPositionsMap();
            Integer offset = positions.get(where.id());
            CelSourceLocation at = ast.getSource()
                    .getOffsetLocation(offset == null ? 0 : offset)
                    .orElse(CelSourceLocation.of(1, 0));
            throw invalid(ast.getSource().getContent().toString(), at.getLine(), at.getColumn(), reason);
        }
    }

    /** Points at the place: lines count from 1, columns from 0 as CEL has them. */
    static Invalid invalid(String text, int line, int column, String reason) {
        List<String> lines = text.lines().toList();
        if (line < 1 || line > lines.size() || column < 0) {
            return new Invalid("when", reason);
        }
        return new Invalid(
                "when",
                "line %d, column %d: %s\n | %s\n | %s^"
                        .formatted(line, column + 1, reason, lines.get(line - 1), ".".repeat(column)),
                line,
                column + 1);
    }

    private void check(CelExpr expr) {
        switch (expr.getKind()) {
            case IDENT -> checkWord(expr);
            case SELECT -> checkField(expr, expr.select());
            case CALL -> checkPattern(expr, expr.call());
            case COMPREHENSION -> checkLoop(expr, expr.comprehension());
            default -> {}
        }
    }

    /** Words with fields are no values themselves; {@link #checkField} sees the rightful uses. */
    private void checkWord(CelExpr expr) {
        Set<String> fields = Vocabulary.FIELDS.get(ConditionReads.root(expr));
        boolean selected = fields == null
                || ConditionReads.nodes(ast)
                        .anyMatch(parent -> parent.getKind() == Kind.SELECT
                                && parent.select().operand().id() == expr.id());
        unless(selected, expr, "%s is read by its fields: %s", ConditionReads.root(expr), fields);
    }

    private void checkField(CelExpr expr, CelSelect select) {
        if (select.operand().getKind() == Kind.IDENT) {
            String root = ConditionReads.root(select.operand());
            Set<String> fields = Vocabulary.FIELDS.get(root);
            if (fields != null) {
                unless(fields.contains(select.field()), expr, "%s has no %s; it has %s", root, select.field(), fields);
                unless(
                        !select.testOnly(),
                        expr,
                        "%s always has %s: has() is for what may be absent",
                        root,
                        select.field());
            }
        }
    }

    private void checkLoop(CelExpr expr, CelComprehension loop) {
        for (String variable : List.of(loop.iterVar(), loop.iterVar2())) {
            unless(
                    !Vocabulary.FIELDS.containsKey(variable) && !Vocabulary.TYPES.containsKey(variable),
                    expr,
                    "a comprehension must not call its variable %s, which has a meaning already",
                    variable);
        }
        for (CelExpr node : Stream.of(loop.accuInit(), loop.loopCondition(), loop.loopStep(), loop.result())
                .flatMap(part -> CelNavigableExpr.fromExpr(part).allNodes().map(each -> each.expr()))
                .toList()) {
            unless(
                    node.getKind() != Kind.COMPREHENSION,
                    node,
                    "no nested comprehension: neither a loop nor a map macro inside another");
            unless(
                    node.getKind() != Kind.CALL
                            || !node.call().function().equals("_+_")
                            || collects(node.call(), loop.accuVar()),
                    node,
                    "no + inside a comprehension");
        }
    }

    /** The macros {@code map} and {@code filter} gather their result with a {@code +} that nobody wrote. */
    private static boolean collects(CelCall plus, String result) {
        List<CelExpr> args = plus.args();
        CelExpr first = args.getFirst();
        return result.startsWith("@")
                && first.getKind() == Kind.IDENT
                && first.ident().name().equals(result);
    }

    private void checkPattern(CelExpr expr, CelCall call) {
        List<CelExpr> args = call.args();
        if (!call.function().equals("matches") || args.isEmpty()) {
            return;
        }
        CelExpr argument = args.getLast();
        String pattern = ConditionReads.literal(argument).orElse(null);
        unless(pattern != null, expr, "matches takes a literal regular expression only");
        if (pattern != null) {
            unless(pattern.length() <= MAX_PATTERN_LENGTH, argument, "a regular expression has at most 256 characters");
            unless(
                    repeats(pattern) <= MAX_REPEATS,
                    argument,
                    "a regular expression repeats at most 1,000 times in all");
            String problem = Condition.regexProblem(pattern);
            unless(problem == null, argument, "RE2 does not take the regular expression: %s", problem);
        }
    }

    /**
     * An upper bound of how often counted repeats copy one part of a pattern: RE2 for Java bounds each count, but not nested
     * ones, which could fill the heap. A count after a group or another repeat multiplies; of the rest the largest counts.
     */
    private static long repeats(String pattern) {
        long nested = 1;
        long plain = 1;
        Matcher counts = REPEAT.matcher(pattern);
        while (counts.find()) {
            String most = counts.group(2) == null || counts.group(2).isEmpty() ? counts.group(1) : counts.group(2);
            long count = most.length() > 4 ? MAX_REPEATS + 1 : Math.max(1, Long.parseLong(most));
            boolean multiplies = counts.start() > 0 && ")}*+?".indexOf(pattern.charAt(counts.start() - 1)) >= 0;
            nested = multiplies ? Math.min(nested * count, MAX_REPEATS + 1) : nested;
            plain = multiplies ? plain : Math.max(plain, count);
        }
        return nested * plain;
    }

    @SuppressWarnings("AnnotateFormatMethod") // Its annotation is no dependency of ours.
    private void unless(boolean holds, CelExpr where, String reason, @Nullable Object... words) {
        if (!holds) {
            unless(false, ast, where, reason.formatted(words));
        }
    }
}
