package dev.sallyport.core.directory;

import dev.sallyport.core.Suspensions;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Claims;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The second room: who an attestation is, and what a resource is. */
public interface Directory {

    /** One immutable snapshot in memory. */
    static Directory of(
            String trustDomain, Collection<Agent> agents, Collection<Target> targets, Suspensions suspensions) {
        return new IndexedDirectory(trustDomain, agents, targets, suspensions);
    }

    /**
     * Finds the agent.
     *
     * @param clientId the agent that the caller says it is, by name or SPIFFE ID; null when it does not say. It only
     *     narrows: the attestation must still be bound to that agent. The attestation's own subject may stand there too,
     *     and then narrows nothing
     */
    Resolution resolve(Attestation proof, @Nullable String clientId);

    /** Whether an agent has a binding that matches what a trust provider says of a workload; suspended ones count. */
    boolean binds(String provider, Claims claims);

    /** Finds the target that exactly one resource parameter must name. */
    Lookup target(List<String> resources);
}
