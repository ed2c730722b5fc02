package dev.sallyport.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import java.util.List;
import java.util.Set;

/**
 * What a condition mentions of an agent's posture.
 *
 * @param attributes those named by a field, a literal index or a literal {@code in}
 * @param whole whether it reads posture in another way too, so that it may depend on any attribute
 */
record PostureReads(Set<String> attributes, boolean whole) {

    PostureReads {
        attributes = Set.copyOf(attributes);
    }

    boolean none() {
        return attributes.isEmpty() && !whole;
    }

    static PostureReads of(CelAbstractSyntaxTree parsed) {
        List<String> named = ConditionReads.nodes(parsed)
                .flatMap(expr -> ConditionReads.member(expr, PostureReads::isPosture).stream())
                .toList();
        long mentioned =
                ConditionReads.nodes(parsed).filter(PostureReads::isPosture).count();
        return new PostureReads(Set.copyOf(named), mentioned > named.size());
    }

    private static boolean isPosture(CelExpr expr) {
        return ConditionReads.isIdent(expr, "posture");
    }
}
