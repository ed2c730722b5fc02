package dev.sallyport.core.directory;

import dev.sallyport.core.Suspensions;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Claims;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory.
 *
 * <p>Agents are found through the most telling exact claim of each binding, so that a
 * look-up costs the same among ten agents and among a hundred thousand.
 */
final class IndexedDirectory implements Directory {

    private final String trustDomain;
    private final BindingIndex bindings;
    private final Map<String, Target> targetsByResource;
    private final Suspensions suspensions;

    IndexedDirectory(
            String trustDomain, Collection<Agent> agents, Collection<Target> targets, Suspensions suspensions) {
        this.trustDomain = trustDomain;
        this.bindings = new BindingIndex(agents);
        Map<String, Target> byResource = new HashMap<>();
        for (Target target : targets) {
            byResource.put(ResourceUri.canonical(target.resource()).orElseThrow(), target);
        }
        this.targetsByResource = Map.copyOf(byResource);
        this.suspensions = suspensions;
    }

    @Override
    public Resolution resolve(Attestation proof, @Nullable String clientId) {
        Set<Agent> agents = new LinkedHashSet<>(bindings.find(proof.provider(), proof.claims()));
        if (agents.isEmpty()) {
            return new NoAgent("no agent is bound to this workload");
        }
        if (clientId != null && agents.stream().anyMatch(agent -> isCalled(agent, clientId))) {
            agents.removeIf(agent -> !isCalled(agent, clientId));
        } else if (clientId != null && !clientId.equals(proof.subject())) {
            return new NoAgent("client_id is not an agent that this workload is bound to");
        }
        if (agents.size() > 1) {
            return new NoAgent("several agents are bound to this workload; name one with client_id");
        }
        Agent agent = agents.iterator().next();
        return suspensions.agents().contains(agent.name()) ? new SuspendedAgent(agent) : agent;
    }

    @Override
    public boolean binds(String provider, Claims claims) {
        return !bindings.find(provider, claims).isEmpty();
    }

    @Override
    public Lookup target(List<String> resources) {
        if (resources.size() != 1) {
            return new NoTarget(
                    resources.isEmpty()
                            ? "the request names no resource"
                            : "the request names several resources; a token is for exactly one");
        }
        Target target = ResourceUri.canonical(resources.getFirst())
                .map(targetsByResource::get)
                .orElse(null);
        if (target == null) {
            return new NoTarget("the resource is not a registered target");
        }
        return suspensions.targets().contains(target.name()) ? new SuspendedTarget(target) : target;
    }

    private boolean isCalled(Agent agent, String clientId) {
        return clientId.equals(agent.name()) || clientId.equals(agent.spiffeId(trustDomain));
    }
}
