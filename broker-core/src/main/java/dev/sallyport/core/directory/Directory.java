package dev.sallyport.core.directory;

import dev.sallyport.core.attest.Attestation;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The second room: who an attestation is, and what a resource is.
 *
 * <p>One immutable snapshot in memory. Agents are found through the most telling exact claim of each binding, so that a
 * look-up costs the same among ten agents and among a hundred thousand.
 */
public final class Directory {

    private final String trustDomain;
    private final BindingIndex bindings;
    private final Map<String, Target> targetsByResource;

    public Directory(String trustDomain, Collection<Agent> agents, Collection<Target> targets) {
        this.trustDomain = trustDomain;
        this.bindings = new BindingIndex(agents);
        Map<String, Target> byResource = new HashMap<>();
        for (Target target : targets) {
            byResource.put(ResourceUri.canonical(target.resource()).orElseThrow(), target);
        }
        this.targetsByResource = Map.copyOf(byResource);
    }

    /**
     * Finds the agent.
     *
     * @param clientId the agent that the caller says it is, by name or SPIFFE ID; null when it does not say. It only
     *     narrows: the attestation must still be bound to that agent. The attestation's own subject may stand there too,
     *     and then narrows nothing
     */
    public Resolution resolve(Attestation proof, @Nullable String clientId) {
        Set<Agent> agents = new LinkedHashSet<>(bindings.find(proof));
        if (agents.isEmpty()) {
            return new NoAgent("no agent is bound to this workload");
        }
        if (clientId != null && agents.stream().anyMatch(agent -> isCalled(agent, clientId))) {
            agents.removeIf(agent -> !isCalled(agent, clientId));
        } else if (clientId != null && !clientId.equals(proof.subject())) {
            return new NoAgent("client_id is not an agent that this workload is bound to");
        }
        return agents.size() == 1
                ? agents.iterator().next()
                : new NoAgent("several agents are bound to this workload; name one with client_id");
    }

    /** Finds the target that exactly one resource parameter must name. */
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
        return target == null ? new NoTarget("the resource is not a registered target") : target;
    }

    private boolean isCalled(Agent agent, String clientId) {
        return clientId.equals(agent.name()) || clientId.equals(agent.spiffeId(trustDomain));
    }
}
