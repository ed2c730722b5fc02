package dev.sallyport.policy;

import dev.sallyport.policy.Predicate.Path;
import java.util.List;

/** A condition that reads a claim which none of the platforms concerned ever sends. */
record ClaimNeverSent() implements LintRule.OfConditions {

    @Override
    public String code() {
        return "claim-never-sent";
    }

    @Override
    public void check(Examined policy, Condition condition, Premises premises, Report.Of report) {
        for (List<Literal> literals : premises.holding(condition).each()) {
            if (Contradiction.in(literals).isPresent()) {
                continue;
            }
            Sources sources = Sources.of(policy.rule(), literals, premises);
            for (Literal literal : literals) {
                literal.atom().reads().stream()
                        .filter(path -> path.key() != null && path.word().equals(Vocabulary.CLAIMS))
                        .filter(path -> sources.noneSends(String.valueOf(path.key())))
                        .filter(path -> !guarded(path, literals) || nobodySends(String.valueOf(path.key()), premises))
                        .forEach(path -> report.condition(
                                policy.policy(),
                                literal.atom(),
                                "The evidence of " + sources.types() + " has no claim " + path.key()
                                        + ": correct the name, or list it in the trust provider's claims if it is there after"
                                        + " all."));
            }
        }
    }

    private static boolean guarded(Path path, List<Literal> literals) {
        return literals.stream().anyMatch(literal -> literal.asksFor(path));
    }

    private static boolean nobodySends(String claim, Premises premises) {
        return premises.platforms().types().stream()
                .flatMap(type -> premises.platforms().ofType(type).stream())
                .noneMatch(platform -> platform.lists(claim));
    }
}
