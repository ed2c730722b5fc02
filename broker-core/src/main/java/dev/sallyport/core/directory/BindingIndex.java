package dev.sallyport.core.directory;

import dev.sallyport.core.Glob;
import dev.sallyport.core.attest.Claims;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds agents by what a platform says of a workload.
 *
 * <p>Each binding is filed under one of its exact claim values: the one that the fewest bindings share. Bindings that have
 * patterns only are tried one by one.
 */
final class BindingIndex {

    /** A binding with its patterns ready to match. */
    private record Bound(Binding binding, Agent agent, List<Pattern> patterns) {

        static Bound of(Binding binding, Agent agent) {
            return new Bound(
                    binding,
                    agent,
                    binding.match().entrySet().stream()
                            .map(each -> new Pattern(each.getKey(), Glob.of(each.getValue())))
                            .toList());
        }

        boolean matches(String provider, Claims claims) {
            for (Pattern pattern : patterns) {
                if (!claims.any(pattern.claim, pattern.glob::matches)) {
                    return false;
                }
            }
            return provider.equals(binding.provider());
        }
    }

    private record Pattern(String claim, Glob glob) {}

    private record Fact(String provider, String claim, String value) {}

    private final Map<String, List<String>> claimsByProvider = new HashMap<>();
    private final Map<Fact, List<Bound>> exact = new HashMap<>();
    private final Map<String, List<Bound>> patterns = new HashMap<>();

    BindingIndex(Collection<Agent> agents) {
        List<Bound> all = agents.stream()
                .flatMap(agent -> agent.bindings().stream().map(binding -> Bound.of(binding, agent)))
                .toList();
        Map<Fact, Integer> shared = new HashMap<>();
        all.forEach(bound -> facts(bound).forEach(fact -> shared.merge(fact, 1, Integer::sum)));
        for (Bound bound : all) {
            Optional<Fact> rarest = facts(bound).stream().min(Comparator.comparing(shared::get));
            rarest.ifPresentOrElse(
                    fact -> {
                        exact.computeIfAbsent(fact, f -> new ArrayList<>()).add(bound);
                        remember(fact);
                    },
                    () -> patterns.computeIfAbsent(bound.binding.provider(), p -> new ArrayList<>())
                            .add(bound));
        }
    }

    /** The agents with a binding that matches; an agent stands twice when two of its bindings do. */
    List<Agent> find(String provider, Claims claims) {
        List<Agent> found = new ArrayList<>();
        for (String claim : claimsByProvider.getOrDefault(provider, List.of())) {
            Claims.Value value = claims.get(claim);
            if (value != null) {
                for (String text : value.texts()) {
                    collect(exact.get(new Fact(provider, claim, text)), provider, claims, found);
                }
            }
        }
        collect(patterns.get(provider), provider, claims, found);
        return found;
    }

    private static void collect(@Nullable List<Bound> candidates, String provider, Claims claims, List<Agent> found) {
        if (candidates != null) {
            for (Bound bound : candidates) {
                if (bound.matches(provider, claims)) {
                    found.add(bound.agent);
                }
            }
        }
    }

    private void remember(Fact fact) {
        List<String> claims = claimsByProvider.computeIfAbsent(fact.provider, p -> new ArrayList<>());
        if (!claims.contains(fact.claim)) {
            claims.add(fact.claim);
        }
    }

    private static List<Fact> facts(Bound bound) {
        return bound.binding.match().entrySet().stream()
                .filter(each -> each.getValue().indexOf('*') < 0)
                .map(each -> new Fact(bound.binding.provider(), each.getKey(), each.getValue()))
                .toList();
    }
}
