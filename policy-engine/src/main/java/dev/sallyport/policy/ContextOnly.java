package dev.sallyport.policy;

import java.util.List;

/** An allow that needs what only a gateway says of a call, so that no token can come of it. */
record ContextOnly() implements LintRule.OfConditions {

    @Override
    public String code() {
        return "context-only";
    }

    @Override
    public void check(Examined policy, Condition condition, Premises premises, Report.Of report) {
        Alternatives ways = premises.holding(condition);
        if (!policy.rule().allows() || !ways.complete() || !ways.each().stream().allMatch(ContextOnly::needs)) {
            return;
        }
        report.condition(
                policy.policy(),
                ways.each().getFirst().stream()
                        .filter(ContextOnly::needs)
                        .findFirst()
                        .orElseThrow()
                        .atom(),
                "A request for a token has no context, so that this policy never permits one: compare with what the request"
                        + " or the evidence says.");
    }

    private static boolean needs(List<Literal> literals) {
        return literals.stream().anyMatch(ContextOnly::needs);
    }

    /** Whether it can't hold without context; that something is not there does. */
    private static boolean needs(Literal literal) {
        return literal.atom().reads().stream()
                .anyMatch(path -> path.word().equals("context") && (literal.holds() || !literal.asksFor(path)));
    }
}
