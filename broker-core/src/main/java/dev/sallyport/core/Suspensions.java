package dev.sallyport.core;

import java.util.Set;

/**
 * What an admin has switched off, by name: nothing is issued through it until it is resumed.
 *
 * @param trustProviders whose word counts for nothing
 * @param agents who get no token
 * @param targets for which nobody gets a token
 */
public record Suspensions(Set<String> trustProviders, Set<String> agents, Set<String> targets) {

    public static final Suspensions NONE = new Suspensions(Set.of(), Set.of(), Set.of());

    public Suspensions {
        trustProviders = Set.copyOf(trustProviders);
        agents = Set.copyOf(agents);
        targets = Set.copyOf(targets);
    }
}
