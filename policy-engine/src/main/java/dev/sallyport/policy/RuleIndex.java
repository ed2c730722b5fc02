package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The actions of one target, and the rules about it, filed by agent.
 *
 * <p>Rules that name their agents are found by name; those that select by pattern, kind or label are tried one by one.
 */
final class RuleIndex {

    /** Of a target that is not in the directory. */
    static final RuleIndex NONE = new RuleIndex(List.of(), List.of());

    private final List<Glob> actions;
    private final Map<String, List<Rule>> byName = new HashMap<>();
    private final List<Rule> others = new ArrayList<>();

    RuleIndex(List<String> actions, Collection<Rule> rules) {
        this.actions = Glob.all(actions);
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

    /** Whether the action is one of the target's. */
    boolean knows(String action) {
        for (Glob known : actions) {
            if (known.matches(action)) {
                return true;
            }
        }
        return false;
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
