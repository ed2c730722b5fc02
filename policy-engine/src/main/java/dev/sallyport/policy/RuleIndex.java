package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.policy.Rule.Who;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules filed by what selects the most: an agent's name, the beginning of a pattern of names, a label, a kind, or an action.
 *
 * <p>A question looks into the few files that could hold a rule about it, however many rules there are.
 */
final class RuleIndex {

    static final RuleIndex NONE = new RuleIndex(List.of());

    private final Map<String, List<Rule>> byName = new HashMap<>();
    private final Map<String, List<Rule>> byBeginning = new HashMap<>();
    private final Map<Map.Entry<String, String>, List<Rule>> byLabel = new HashMap<>();
    private final Map<Agent.Kind, List<Rule>> byKind = new EnumMap<>(Agent.Kind.class);
    private final Map<String, List<Rule>> byAction = new HashMap<>();
    private final List<Rule> others = new ArrayList<>();
    private final int[] beginnings;

    RuleIndex(Collection<Rule> rules) {
        Selectivity selectivity = new Selectivity(rules);
        TreeSet<Integer> lengths = new TreeSet<>();
        for (Rule rule : rules) {
            if (selectivity.byActions(rule)) {
                actions(rule).distinct().forEach(action -> file(byAction, action, rule));
            } else {
                rule.agents().forEach(who -> file(who, rule, selectivity, lengths));
            }
        }
        this.beginnings = lengths.stream().mapToInt(Integer::intValue).toArray();
    }

    private void file(Who who, Rule rule, Selectivity selectivity, Set<Integer> lengths) {
        switch (selectivity.key(who)) {
            case Key.Name(var name) -> file(byName, name, rule);
            case Key.Label(var label) -> file(byLabel, label, rule);
            case Key.Beginning(var beginning) -> {
                lengths.add(beginning.length());
                file(byBeginning, beginning, rule);
            }
            case Key.Kind(var kind) -> file(byKind, kind, rule);
            case Key.Anybody _ -> add(others, rule);
        }
    }

    private static <K> void file(Map<K, List<Rule>> files, K key, Rule rule) {
        add(files.computeIfAbsent(key, each -> new ArrayList<>(1)), rule);
    }

    private static void add(List<Rule> file, Rule rule) {
        if (file.isEmpty() || !file.getLast().name().equals(rule.name())) {
            file.add(rule);
        }
    }

    /** Adds the rules about the agent that could cover one of the actions, each one once. */
    void find(Agent agent, List<String> actions, List<Rule> found) {
        findByAgent(agent, found);
        if (!byAction.isEmpty()) {
            for (String action : actions) {
                addThoseAbout(agent, byAction.get(action), found);
            }
        }
    }

    /** Adds the rules about the agent, whatever they are about, each one once. */
    void find(Agent agent, List<Rule> found) {
        findByAgent(agent, found);
        byAction.values().forEach(file -> addThoseAbout(agent, file, found));
    }

    private void findByAgent(Agent agent, List<Rule> found) {
        String name = agent.name();
        addFound(agent, byName.get(name), found);
        for (int length : beginnings) {
            if (length > name.length()) {
                break;
            }
            addFound(agent, byBeginning.get(name.substring(0, length)), found);
        }
        if (!byLabel.isEmpty()) {
            for (Map.Entry<String, String> label : agent.labels().entrySet()) {
                addFound(agent, byLabel.get(label), found);
            }
        }
        addFound(agent, byKind.get(agent.kind()), found);
        addFound(agent, others, found);
    }

    /** Adds rules that were found by the agent: those that select by one thing only need no second look. */
    private static void addFound(Agent agent, @Nullable List<Rule> candidates, List<Rule> found) {
        if (candidates != null) {
            for (Rule rule : candidates) {
                if ((rule.selectsByOne() || rule.isAbout(agent)) && !(rule.filedOften() && holds(found, rule))) {
                    found.add(rule);
                }
            }
        }
    }

    private static void addThoseAbout(Agent agent, @Nullable List<Rule> candidates, List<Rule> found) {
        if (candidates != null) {
            for (Rule rule : candidates) {
                if (rule.isAbout(agent) && !(rule.filedOften() && holds(found, rule))) {
                    found.add(rule);
                }
            }
        }
    }

    private static boolean holds(List<Rule> found, Rule rule) {
        for (Rule each : found) {
            if (each.name().equals(rule.name())) {
                return true;
            }
        }
        return false;
    }

    private static Stream<String> actions(Rule rule) {
        return rule.actions().stream().map(Glob::pattern);
    }

    /** What one selector of agents can be filed under. */
    private sealed interface Key {

        record Name(String name) implements Key {}

        record Label(Map.Entry<String, String> label) implements Key {}

        /** What all names of a pattern begin with. */
        record Beginning(String text) implements Key {}

        record Kind(Agent.Kind kind) implements Key {}

        record Anybody() implements Key {}

        static Stream<Key> of(Who who) {
            Glob name = who.name();
            String beginning = name == null
                    ? ""
                    : name.pattern().substring(0, Math.max(0, name.pattern().indexOf('*')));
            if (name != null && name.exact()) {
                return Stream.of(new Name(name.pattern()));
            }
            Stream<Key> labels =
                    who.labels().entrySet().stream().map(each -> new Label(Map.entry(each.getKey(), each.getValue())));
            Stream<Key> beginnings = beginning.isEmpty() ? Stream.of() : Stream.of(new Beginning(beginning));
            Stream<Key> kinds = Stream.ofNullable(who.kind()).map(Kind::new);
            return Stream.of(labels, beginnings, kinds, Stream.<Key>of(new Anybody()))
                    .flatMap(each -> each);
        }
    }

    /** How many rules each key would find: a rule is filed under the one that finds the fewest. */
    private static final class Selectivity {

        private final Map<Object, Integer> counts = new HashMap<>();

        Selectivity(Collection<Rule> rules) {
            for (Rule rule : rules) {
                rule.agents().stream().flatMap(Key::of).distinct().forEach(this::count);
                actions(rule).distinct().forEach(this::count);
            }
        }

        private void count(Object key) {
            counts.merge(key, 1, Integer::sum);
        }

        private int of(Object key) {
            return counts.getOrDefault(key, 0);
        }

        Key key(Who who) {
            return Key.of(who).min(Comparator.comparingInt(this::of)).orElseThrow();
        }

        /** Whether its actions, none of which is a pattern, find fewer rules than its agents. */
        boolean byActions(Rule rule) {
            return rule.actions().stream().allMatch(Glob::exact)
                    && actions(rule).mapToInt(this::of).sum()
                            < rule.agents().stream()
                                    .map(this::key)
                                    .mapToInt(this::of)
                                    .sum();
        }
    }
}
