package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of one target, filed by agent.
 *
 * <p>Rules that name their agents are found by name; those that select by pattern, kind or label are tried one by one.
 */
final class RuleIndex {

    private final Map<String, List<Rule>> byName = new HashMap<>();
    private final List<Rule> others = new ArrayList<>();

    RuleIndex(Collection<Rule> rules) {
        for (Rule rule : rules) {
            if (rule.agents().stream().allMatch(who -> who.onlyName() != null)) {
                rule.agents().stream()
                        .map(Rule.Who::onlyName)
                        .distinct()
                        .forEach(name -> byName.computeIfAbsent(name, n -> new ArrayList<>())
                                .add(rule));
            } else {
                others.add(rule);
            }
        }
    }

    List<Rule> about(Agent agent) {
        List<Rule> found = new ArrayList<>();
        addThoseAbout(agent, byName.getOrDefault(agent.name(), List.of()), found);
        addThoseAbout(agent, others, found);
        return found;
    }

    private static void addThoseAbout(Agent agent, List<Rule> candidates, List<Rule> found) {
        for (Rule rule : candidates) {
            if (rule.isAbout(agent)) {
                found.add(rule);
            }
        }
    }
}
