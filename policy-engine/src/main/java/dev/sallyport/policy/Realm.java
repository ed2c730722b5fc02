package dev.sallyport.policy;

import dev.sallyport.core.Named;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who could reach what: a policy set, and the agents and targets that are asked about.
 *
 * @param agents by name
 * @param targets by name, those that the policy set was compiled with or some of them
 */
public record Realm(PolicySet policies, NavigableMap<String, Agent> agents, NavigableMap<String, Target> targets) {

    /** Everybody and everything. */
    public static Realm of(PolicySet policies, Collection<Agent> agents, Collection<Target> targets) {
        return new Realm(policies, byName(agents), byName(targets));
    }

    /** Of these the one agent and the one target; null for all of them. A name that is nobody's leaves nobody. */
    public Realm only(@Nullable String agent, @Nullable String target) {
        return new Realm(policies, only(agents, agent), only(targets, target));
    }

    private static <T> NavigableMap<String, T> only(NavigableMap<String, T> all, @Nullable String name) {
        return name == null ? all : new TreeMap<>(all.subMap(name, true, name, true));
    }

    private static <T extends Named> NavigableMap<String, T> byName(Collection<T> documents) {
        NavigableMap<String, T> named = new TreeMap<>();
        documents.forEach(document -> named.put(document.name(), document));
        return Collections.unmodifiableNavigableMap(named);
    }
}
