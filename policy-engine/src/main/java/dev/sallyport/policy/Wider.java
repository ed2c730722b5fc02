package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import java.util.List;
import java.util.stream.Stream;

/** Finds the rules that may be about everything that another one is about. */
final class Wider {

    private Wider() {}

    /**
     * The others that are about one agent and one target of the rule's: whichever covers it must be. None where it is about
     * nobody or nothing now.
     */
    static Stream<Rule> than(Rule rule, Premises premises) {
        List<Agent> agents = premises.agents(rule).agents();
        List<Target> targets = premises.targets(rule);
        return agents.isEmpty() || targets.isEmpty()
                ? Stream.empty()
                : premises.about(agents.getFirst(), targets.getFirst()).stream()
                        .filter(other -> !other.name().equals(rule.name()));
    }
}
