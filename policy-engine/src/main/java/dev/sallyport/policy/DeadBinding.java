package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A binding that no evidence can meet, of an agent that has others. */
record DeadBinding() implements LintRule.OfAgents {

    @Override
    public String code() {
        return "dead-binding";
    }

    @Override
    public void check(Agent agent, List<Bound> bindings, Report.Of report) {
        if (!bindings.stream().allMatch(bound -> problem(bound).isPresent())) {
            bindings.forEach(bound -> problem(bound)
                    .ifPresent(problem -> report.binding(
                            agent.name(), problem.field(), bound.provider().name(), problem.message())));
        }
    }

    /** Why nothing can meet a binding. */
    record Problem(String field, String message) {}

    static Optional<Problem> problem(Bound bound) {
        for (Map.Entry<String, String> each : bound.binding().match().entrySet()) {
            String field = bound.field(each.getKey());
            if (!bound.platform().sends(each.getKey())) {
                return Optional.of(
                        new Problem(
                                field,
                                "The evidence of trust provider "
                                        + bound.provider().name() + " ("
                                        + bound.platform().type()
                                        + ") has no claim " + each.getKey()
                                        + ": correct the name, or list it in the trust provider's claims if it is there after all."));
            }
            List<String> required = bound.provider().require().get(each.getKey());
            if (required != null
                    && required.stream().noneMatch(Glob.of(each.getValue())::matches)
                    && !bound.platform().list(each.getKey()).orElse(true)) {
                return Optional.of(new Problem(
                        field,
                        "Trust provider " + bound.provider().name() + " requires another value of " + each.getKey()
                                + ": correct one of the two."));
            }
        }
        return Optional.empty();
    }
}
