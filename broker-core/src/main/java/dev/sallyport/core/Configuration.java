package dev.sallyport.core;

import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.ResourceUri;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All documents together: the shape of the start-up bundle.
 *
 * <p>Each document keeps its own rules; here are those that concern several, and those that protect the broker itself.
 */
public record Configuration(
        List<TrustProvider> trustProviders, List<Agent> agents, List<Target> targets, List<Policy> policies) {

    /** No documents at all. */
    public static final Configuration EMPTY = new Configuration(List.of(), List.of(), List.of(), List.of());

    /** Everything that the broker itself serves stands under one of these. */
    private static final List<String> OWN_PATHS = List.of("/v1", "/oauth2", "/access", "/log", "/.well-known");

    public Configuration {
        trustProviders = trustProviders == null ? List.of() : List.copyOf(trustProviders);
        agents = agents == null ? List.of() : List.copyOf(agents);
        targets = targets == null ? List.of() : List.copyOf(targets);
        policies = policies == null ? List.of() : List.copyOf(policies);
        Names.checkUnique("trustProviders", trustProviders);
        Names.checkUnique("agents", agents);
        Names.checkUnique("targets", targets);
        Names.checkUnique("policies", policies);
        checkBindings(trustProviders, agents);
        People.check(trustProviders, agents);
        checkServers(agents, targets);
        checkResources(targets);
    }

    /**
     * Throws where a document would stand in for the broker itself: a target with the broker's name or one of its URLs or a
     * provider's audience.
     *
     * @param issuer the broker's issuer
     */
    public void checkApartFrom(String issuer) {
        Set<String> audiences = trustProviders.stream()
                .flatMap(provider -> provider.audiences().stream())
                .map(Configuration::comparable)
                .collect(Collectors.toSet());
        String broker = comparable(issuer);
        for (int i = 0; i < targets.size(); i++) {
            String field = "targets[" + i + "]";
            Target target = targets.get(i);
            Invalid.unless(!target.builtIn(), field + ".name", "sallyport is the broker's own API");
            checkNotTaken(field + ".resource", comparable(target.resource()), broker, audiences);
            checkNotTaken(field + ".token.audience", comparable(target.audience()), broker, audiences);
        }
    }

    private static void checkNotTaken(String field, String uri, String broker, Set<String> audiences) {
        Invalid.unless(!isBrokers(uri, broker), field, "must not be the broker's own issuer or API");
        Invalid.unless(
                !audiences.contains(uri),
                field,
                "must not be an audience of a trust provider: its tokens would be evidence");
    }

    /** The names of the claims that bindings to a provider mention. */
    public Set<String> claimsInUse(String provider) {
        Set<String> claims = new TreeSet<>();
        agents.stream()
                .flatMap(agent -> agent.bindings().stream())
                .filter(binding -> binding.provider().equals(provider))
                .forEach(binding -> claims.addAll(binding.match().keySet()));
        return claims;
    }

    private static void checkBindings(List<TrustProvider> trustProviders, List<Agent> agents) {
        Set<String> known = trustProviders.stream().map(TrustProvider::name).collect(Collectors.toSet());
        Set<String> names = agents.stream().map(Agent::name).collect(Collectors.toSet());
        for (int i = 0; i < agents.size(); i++) {
            Agent agent = agents.get(i);
            for (int j = 0; j < agent.bindings().size(); j++) {
                String provider = agent.bindings().get(j).provider();
                Invalid.unless(
                        known.contains(provider),
                        "agents[" + i + "].bindings[" + j + "].provider",
                        "no trust provider is named " + provider);
            }
            Invalid.unless(
                    agent.parent() == null || names.contains(agent.parent()),
                    "agents[" + i + "].parent",
                    "no agent is named " + agent.parent());
        }
    }

    private static void checkServers(List<Agent> agents, List<Target> targets) {
        Set<String> names = agents.stream().map(Agent::name).collect(Collectors.toSet());
        for (int i = 0; i < targets.size(); i++) {
            for (String server : targets.get(i).servers()) {
                Invalid.unless(names.contains(server), "targets[" + i + "].servers", "no agent is named " + server);
            }
        }
    }

    /** Neither a resource nor an audience may be another target's: a token for one would be good at both. */
    private static void checkResources(List<Target> targets) {
        Map<String, String> owners = new HashMap<>();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            checkOnlyOwner(owners, target, target.resource(), "targets[" + i + "].resource");
            checkOnlyOwner(owners, target, target.audience(), "targets[" + i + "].token.audience");
        }
    }

    private static void checkOnlyOwner(Map<String, String> owners, Target target, String uri, String field) {
        String owner = owners.putIfAbsent(comparable(uri), target.name());
        Invalid.unless(
                owner == null || owner.equals(target.name()),
                field,
                "is that of target " + owner + ", but for case, a default port or a trailing slash");
    }

    private static boolean isBrokers(String resource, String broker) {
        return resource.equals(broker)
                || OWN_PATHS.stream()
                        .map(broker::concat)
                        .anyMatch(own -> resource.equals(own) || resource.startsWith(own + "/"));
    }

    /** A form in which two spellings of one URI are equal; texts that are no URI stand for themselves. */
    private static String comparable(String uri) {
        return ResourceUri.canonical(uri).orElse(uri);
    }
}
