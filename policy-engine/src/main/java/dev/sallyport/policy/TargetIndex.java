package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All rules, filed by target and within that by agent or action.
 *
 * <p>Rules that name many targets by a pattern are filed once for all of them, so that memory does not grow with the product of
 * rules and targets.
 */
final class TargetIndex {

    /** A rule whose patterns match more targets than this is filed once for all targets. */
    private static final int FEW = 64;

    private final Map<String, RuleIndex> byTarget = new HashMap<>();
    private final Map<String, List<Glob>> known = new HashMap<>();
    private final RuleIndex wide;

    TargetIndex(List<Rule> rules, Collection<Target> targets) {
        Map<String, List<Rule>> narrow = new HashMap<>();
        List<Rule> many = new ArrayList<>();
        Map<String, List<String>> matches = new HashMap<>();
        for (Rule rule : rules) {
            List<String> names = rule.targets().stream()
                    .flatMap(pattern ->
                            matches.computeIfAbsent(pattern.pattern(), each -> matching(pattern, targets)).stream())
                    .distinct()
                    .toList();
            if (names.size() > FEW) {
                many.add(rule);
            } else {
                names.forEach(name ->
                        narrow.computeIfAbsent(name, each -> new ArrayList<>()).add(rule));
            }
        }
        for (Target target : targets) {
            List<Rule> about = narrow.get(target.name());
            byTarget.put(target.name(), about == null ? RuleIndex.NONE : new RuleIndex(about));
            known.put(target.name(), Glob.all(target.actions()));
        }
        wide = new RuleIndex(many);
    }

    private static List<String> matching(Glob pattern, Collection<Target> targets) {
        return pattern.exact()
                ? List.of(pattern.pattern())
                : targets.stream()
                        .filter(target -> !target.builtIn() && pattern.matches(target.name()))
                        .map(Target::name)
                        .toList();
    }

    /** Whether the action is one of the target's. */
    boolean knows(Target target, String action) {
        for (Glob pattern : known.getOrDefault(target.name(), List.of())) {
            if (pattern.matches(action)) {
                return true;
            }
        }
        return false;
    }

    /** The target's actions, patterns among them. */
    Stream<String> actions(Target target) {
        return known.getOrDefault(target.name(), List.of()).stream().map(Glob::pattern);
    }

    /** The rules about agent and target that could cover one of the actions. */
    List<Rule> about(Agent agent, Target target, List<String> actions) {
        List<Rule> found = new ArrayList<>();
        wide.find(agent, actions, found);
        found.removeIf(rule -> !rule.names(target));
        byTarget.getOrDefault(target.name(), RuleIndex.NONE).find(agent, actions, found);
        return found;
    }

    /** The rules about agent and target, whatever their actions. */
    List<Rule> about(Agent agent, Target target) {
        List<Rule> found = new ArrayList<>();
        wide.find(agent, found);
        found.removeIf(rule -> !rule.names(target));
        byTarget.getOrDefault(target.name(), RuleIndex.NONE).find(agent, found);
        return found;
    }
}
