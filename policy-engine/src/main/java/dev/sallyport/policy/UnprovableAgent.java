package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import java.util.List;
import java.util.Optional;

/** An agent none of whose bindings any evidence can meet. */
record UnprovableAgent() implements LintRule.OfAgents {

    @Override
    public String code() {
        return "unprovable-agent";
    }

    @Override
    public void check(Agent agent, List<Bound> bindings, Report.Of report) {
        List<Optional<DeadBinding.Problem>> problems =
                bindings.stream().map(DeadBinding::problem).toList();
        if (problems.stream().allMatch(Optional::isPresent)) {
            DeadBinding.Problem first = problems.getFirst().orElseThrow();
            report.binding(
                    agent.name(),
                    first.field(),
                    bindings.getFirst().provider().name(),
                    "Nobody can prove to be this agent. " + first.message());
        }
    }
}
