package dev.sallyport.policy;

import dev.sallyport.core.Configuration;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.LintRule.OfAgents.Bound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the rules of the {@link Lint} go by; whatever several of them need is worked out once. */
final class Premises {

    /** The most targets that are kept of those that a policy names. */
    private static final int MAX_TARGETS = 256;

    private final Configuration configuration;
    private final PolicySet set;
    private final Platforms platforms;
    private final BooleanSupplier late;
    private final List<Examined> policies = new ArrayList<>();
    private final TreeMap<String, Target> targets = new TreeMap<>();
    private final Map<String, TrustProvider> providers;
    private final Map<String, Platform> known = new HashMap<>();
    private final Selection selection;
    private final Map<String, Policy> documents = new HashMap<>();
    private final Map<String, List<Target>> named = new HashMap<>();
    private final Map<Condition, Alternatives> holding = new HashMap<>();

    Premises(
            Configuration configuration,
            Collection<Target> targets,
            PolicySet set,
            Platforms platforms,
            BooleanSupplier late) {
        this.configuration = configuration;
        this.set = set;
        this.platforms = platforms;
        this.late = late;
        this.selection = new Selection(configuration.agents());
        this.providers = configuration.trustProviders().stream()
                .collect(Collectors.toMap(TrustProvider::name, Function.identity()));
        targets.forEach(target -> this.targets.put(target.name(), target));
        for (int i = 0; i < configuration.policies().size(); i++) {
            policies.add(
                    new Examined(configuration.policies().get(i), set.rules().get(i)));
            documents.put(set.rules().get(i).name(), configuration.policies().get(i));
        }
    }

    Configuration configuration() {
        return configuration;
    }

    List<Examined> policies() {
        return policies;
    }

    Platforms platforms() {
        return platforms;
    }

    /** Whether the time is up. */
    boolean late() {
        return late.getAsBoolean();
    }

    /** The agents that a rule selects now. */
    Selection.Selected agents(Rule rule) {
        return selection.of(rule.agents());
    }

    Selection.Selected agents(List<Rule.Who> selectors) {
        return selection.of(selectors);
    }

    /** The document of a rule. */
    Policy named(Rule rule) {
        return Objects.requireNonNull(documents.get(rule.name()));
    }

    Collection<Target> targets() {
        return targets.values();
    }

    /** Targets that a rule names now, at most {@value #MAX_TARGETS}. */
    List<Target> targets(Rule rule) {
        return named.computeIfAbsent(
                rule.name(),
                any -> rule.targets().stream()
                        .flatMap(pattern -> {
                            String text = pattern.pattern();
                            String beginning = pattern.exact() ? text : text.substring(0, text.indexOf('*'));
                            return targets
                                    .subMap(beginning, true, beginning + Character.MAX_VALUE, true)
                                    .values()
                                    .stream();
                        })
                        .filter(rule::names)
                        .distinct()
                        .limit(MAX_TARGETS)
                        .toList());
    }

    /** The ways in which a condition can hold. */
    Alternatives holding(Condition condition) {
        return holding.computeIfAbsent(condition, each -> Alternatives.of(each.apart(), true));
    }

    /** The rules that are about an agent and a target. */
    List<Rule> about(Agent agent, Target target) {
        return set.about(agent, target);
    }

    List<Bound> bindings(Agent agent) {
        List<Bound> bindings = new ArrayList<>();
        for (int i = 0; i < agent.bindings().size(); i++) {
            Binding binding = agent.bindings().get(i);
            TrustProvider provider = Objects.requireNonNull(providers.get(binding.provider()));
            bindings.add(new Bound(i, binding, provider, platform(provider)));
        }
        return bindings;
    }

    Platform platform(TrustProvider provider) {
        return known.computeIfAbsent(
                provider.name(), any -> platforms.of(provider).orElseGet(() -> Platform.unknown(provider.type())));
    }

    /** The trust providers of that names. */
    Stream<TrustProvider> providers(Collection<String> names) {
        return names.stream().map(name -> Objects.requireNonNull(providers.get(name)));
    }
}
