package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.policy.Rule.Who;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the agents that selectors include, without looking at all of them where a name or a label says enough. */
final class Selection {

    /** The most agents that are looked at for one selector. */
    private static final int MAX_LOOKED_AT = 20_000;

    /** The most agents that are kept of those found. */
    private static final int MAX_KEPT = 256;

    private final TreeMap<String, Agent> byName = new TreeMap<>();
    private final Map<Map.Entry<String, String>, List<Agent>> byLabel = new HashMap<>();
    private final Map<List<Who>, Selected> known = new HashMap<>();

    Selection(Collection<Agent> agents) {
        for (Agent agent : agents) {
            byName.put(agent.name(), agent);
            agent.labels()
                    .entrySet()
                    .forEach(label -> byLabel.computeIfAbsent(
                                    Map.entry(label.getKey(), label.getValue()), any -> new ArrayList<>())
                            .add(agent));
        }
    }

    /**
     * Those selected.
     *
     * @param agents some of them
     * @param all whether these are all
     * @param providers the trust providers that they are bound to
     * @param counted whether the trust providers are all
     */
    record Selected(List<Agent> agents, boolean all, Set<String> providers, boolean counted) {}

    Selected of(List<Who> selectors) {
        return known.computeIfAbsent(selectors, this::find);
    }

    private Selected find(List<Who> selectors) {
        Map<String, Agent> found = new HashMap<>();
        Set<String> providers = new TreeSet<>();
        boolean all = true;
        boolean counted = true;
        for (Who who : selectors) {
            int looked = 0;
            for (Agent agent : candidates(who)) {
                if (++looked > MAX_LOOKED_AT) {
                    counted = false;
                    break;
                }
                if (who.includes(agent) && !found.containsKey(agent.name())) {
                    agent.bindings().stream().map(Binding::provider).forEach(providers::add);
                    if (found.size() < MAX_KEPT) {
                        found.put(agent.name(), agent);
                    } else {
                        all = false;
                    }
                }
            }
        }
        return new Selected(List.copyOf(new TreeMap<>(found).values()), all && counted, providers, counted);
    }

    private Collection<Agent> candidates(Who who) {
        Glob name = who.name();
        if (name != null && name.exact()) {
            Agent agent = byName.get(name.pattern());
            return agent == null ? List.of() : List.of(agent);
        }
        if (!who.labels().isEmpty()) {
            Map.Entry<String, String> label = who.labels().entrySet().iterator().next();
            return byLabel.getOrDefault(Map.entry(label.getKey(), label.getValue()), List.of());
        }
        String beginning =
                name == null ? "" : name.pattern().substring(0, name.pattern().indexOf('*'));
        return byName.subMap(beginning, beginning + Character.MAX_VALUE).values();
    }
}
