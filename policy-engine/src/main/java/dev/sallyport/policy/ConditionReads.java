package dev.sallyport.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.TraversalOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells what a parsed condition reads. */
final class ConditionReads {

    private ConditionReads() {}

    static Stream<CelExpr> nodes(CelAbstractSyntaxTree ast) {
        return CelNavigableAst.fromAst(ast)
                .getRoot()
                .allNodes(TraversalOrder.PRE_ORDER)
                .map(node -> node.expr());
    }

    static boolean action(CelAbstractSyntaxTree ast) {
        return nodes(ast).anyMatch(expr -> isIdent(expr, "action"));
    }

    /** How many loops it has. */
    static long loops(CelAbstractSyntaxTree ast) {
        return nodes(ast)
                .filter(expr -> expr.getKind() == CelExpr.ExprKind.Kind.COMPREHENSION)
                .count();
    }

    /** The claims selected, indexed by a literal, or looked for with a literal {@code in}. */
    static Set<String> claims(CelAbstractSyntaxTree ast) {
        return nodes(ast)
                .flatMap(expr -> member(expr, ConditionReads::isClaims).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The member of a map that an expression selects, indexes by a literal or looks for with a literal {@code in}. */
    static Optional<String> member(CelExpr expr, Predicate<CelExpr> isMap) {
        return switch (expr.getKind()) {
            case SELECT ->
                isMap.test(expr.select().operand()) ? Optional.of(expr.select().field()) : Optional.empty();
            case CALL -> member(expr.call(), isMap);
            default -> Optional.empty();
        };
    }

    private static Optional<String> member(CelCall call, Predicate<CelExpr> isMap) {
        List<CelExpr> args = call.args();
        return switch (call.function()) {
            case "_[_]" -> isMap.test(args.getFirst()) ? literal(args.getLast()) : Optional.empty();
            case "@in" -> isMap.test(args.getLast()) ? literal(args.getFirst()) : Optional.empty();
            default -> Optional.empty();
        };
    }

    static Optional<String> literal(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                        && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? Optional.of(expr.constant().stringValue())
                : Optional.empty();
    }

    private static boolean isClaims(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.SELECT
                && expr.select().field().equals("claims")
                && isIdent(expr.select().operand(), "attestation");
    }

    /** A leading dot says "from the root", which is where every word is. */
    static boolean isIdent(CelExpr expr, String name) {
        return expr.getKind() == CelExpr.ExprKind.Kind.IDENT && root(expr).equals(name);
    }

    static String root(CelExpr ident) {
        String name = ident.ident().name();
        return name.startsWith(".") ? name.substring(1) : name;
    }
}
