package dev.sallyport.policy;

import dev.sallyport.core.Configuration;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.Predicate.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which claims of which trust provider a configuration relies on. */
public final class ClaimUses {

    /** The most users that are named of one claim. */
    private static final int MAX_NAMED = 8;

    private final SortedMap<String, SortedMap<String, Use>> byProvider = new TreeMap<>();

    private ClaimUses() {}

    /**
     * Who relies on a claim.
     *
     * @param agents how many agents are bound by it
     * @param policies policies whose conditions read it, at most {@value #MAX_NAMED}
     */
    public record Use(int agents, SortedSet<String> policies) {

        private static final Use NONE = new Use(0, new TreeSet<>());

        private Use byAgent() {
            return new Use(agents + 1, policies);
        }

        private Use by(String policy) {
            SortedSet<String> more = new TreeSet<>(policies);
            if (more.size() < MAX_NAMED) {
                more.add(policy);
            }
            return new Use(agents, more);
        }
    }

    /**
     * Looks at bindings and conditions: a condition relies on the trust providers of the agents that its policy selects, where
     * it is not about others.
     *
     * @param policies the configuration's, compiled
     */
    public static ClaimUses of(
            Configuration configuration, Collection<Target> targets, PolicySet policies, Platforms platforms) {
        ClaimUses uses = new ClaimUses();
        for (Agent agent : configuration.agents()) {
            for (Binding binding : agent.bindings()) {
                binding.match()
                        .keySet()
                        .forEach(claim -> uses.of(binding.provider())
                                .merge(claim, Use.NONE.byAgent(), (known, _) -> known.byAgent()));
            }
        }
        Premises premises = new Premises(configuration, targets, policies, platforms, () -> false);
        premises.policies().forEach(policy -> uses.add(policy, premises));
        return uses;
    }

    private void add(Examined policy, Premises premises) {
        Condition condition = policy.rule().condition();
        if (condition == null) {
            return;
        }
        Alternatives ways = premises.holding(condition);
        List<List<Literal>> each = ways.complete()
                ? ways.each()
                : List.of(Alternatives.atoms(condition.apart()).stream()
                        .map(atom -> new Literal(atom, true))
                        .toList());
        for (List<Literal> literals : each) {
            List<Literal> guards = ways.complete() ? literals : List.of();
            Sources.of(policy.rule(), guards, premises).each().forEach(source -> {
                if (source.provider() != null) {
                    claims(literals).forEach(claim -> add(source.provider().name(), claim, policy.name()));
                }
            });
        }
    }

    private void add(String provider, String claim, String policy) {
        of(provider).merge(claim, Use.NONE.by(policy), (known, _) -> known.by(policy));
    }

    private SortedMap<String, Use> of(String provider) {
        return byProvider.computeIfAbsent(provider, _ -> new TreeMap<>());
    }

    private static List<String> claims(List<Literal> literals) {
        return literals.stream()
                .flatMap(literal -> literal.atom().reads().stream())
                .filter(path -> path.word().equals(Vocabulary.CLAIMS))
                .map(Path::key)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The claims that are relied on, by trust provider. */
    public SortedMap<String, SortedMap<String, Use>> byProvider() {
        return byProvider;
    }
}
