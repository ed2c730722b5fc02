package dev.sallyport.policy;

import dev.sallyport.policy.Comparison.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A condition that nothing can meet. */
record NeverTrue() implements LintRule.OfConditions {

    @Override
    public String code() {
        return "never-true";
    }

    @Override
    public void check(Examined policy, Condition condition, Premises premises, Report.Of report) {
        Alternatives ways = premises.holding(condition);
        if (!ways.complete()) {
            return;
        }
        List<String> reasons = new ArrayList<>();
        List<Literal> first = new ArrayList<>();
        for (List<Literal> literals : ways.each()) {
            Optional<Contradiction> contradiction = Contradiction.in(literals);
            if (contradiction.isPresent()) {
                Contradiction found = contradiction.get();
                first.add(found.one());
                reasons.add(
                        found.one().equals(found.other())
                                ? found.one().text() + " never holds"
                                : found.one().text() + " and " + found.other().text() + " can't both hold");
                continue;
            }
            Literal outside = literals.stream()
                    .filter(literal -> beside(literal, policy.rule()))
                    .findFirst()
                    .orElse(null);
            if (outside == null) {
                return;
            }
            first.add(outside);
            reasons.add(outside.text() + " names what this policy is not about");
        }
        report.condition(
                policy.policy(),
                first.getFirst().atom(),
                "The condition can never be true, since " + reasons.getFirst() + ": correct it, or remove the policy.");
    }

    /** Whether a literal wants an action, target or agent that the policy leaves out. */
    private static boolean beside(Literal literal, Rule rule) {
        return wants(literal, "action")
                        .filter(values -> values.stream().noneMatch(rule::covers))
                        .isPresent()
                || wants(literal, "target.name")
                        .filter(values -> values.stream()
                                .noneMatch(
                                        value -> rule.targets().stream().anyMatch(pattern -> pattern.matches(value))))
                        .isPresent()
                || wants(literal, "agent.name")
                        .filter(values -> values.stream()
                                .noneMatch(value -> rule.agents().stream()
                                        .anyMatch(who ->
                                                who.name() == null || who.name().matches(value))))
                        .isPresent()
                || wants(literal, "agent.kind")
                        .filter(values -> values.stream()
                                .noneMatch(value -> rule.agents().stream()
                                        .anyMatch(who -> who.kind() == null
                                                || who.kind().toString().equals(value))))
                        .isPresent();
    }

    private static Optional<Set<String>> wants(Literal literal, String word) {
        Comparison comparison = literal.about(word, null);
        return comparison != null
                        && (comparison.operator() == Operator.EQUAL || comparison.operator() == Operator.AMONG)
                ? literal.pins(word, null)
                : Optional.empty();
    }
}
