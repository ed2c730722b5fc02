package dev.sallyport.api.state;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.attestation.Providers;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicyEngine;
import dev.sallyport.policy.Conditions;
import dev.sallyport.policy.Policies;
import dev.sallyport.store.BreakGlass;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands beside the documents while the database's owner keeps a door open: for each door a trust provider with its one
 * key, an agent that is bound to it, and the permission to use the broker's own API.
 *
 * <p>Documents neither add to it nor take from it. What it permits hangs on the type of the trust provider, which no document
 * can have.
 */
final class BrokenGlass {

    private static final Logger LOG = LoggerFactory.getLogger(BrokenGlass.class);

    private final List<Provider> providers;
    private final List<Agent> agents;
    private final Target builtIn;

    private BrokenGlass(List<Provider> providers, List<Agent> agents, Target builtIn) {
        this.providers = List.copyOf(providers);
        this.agents = List.copyOf(agents);
        this.builtIn = builtIn;
    }

    /** Makes it of the open doors; one that can't be read stays shut. */
    static BrokenGlass of(
            Collection<BreakGlass> doors, Providers providers, Collection<Target> targets, InstantSource clock) {
        List<Provider> ready = new ArrayList<>();
        List<Agent> agents = new ArrayList<>();
        for (BreakGlass door : doors) {
            try {
                ready.add(provider(door, providers, clock));
                agents.add(new Agent(
                        door.name(),
                        Agent.Kind.HUMAN,
                        null,
                        Map.of(),
                        null,
                        List.of(new Binding(door.name(), Map.of("sub", door.name())))));
            } catch (Invalid | ParseException e) {
                LOG.error("{} stays shut: {}", door.name(), e.getMessage());
            }
        }
        Target builtIn = targets.stream().filter(Target::builtIn).findFirst().orElseThrow();
        return new BrokenGlass(ready, agents, builtIn);
    }

    List<Provider> with(List<Provider> others) {
        return Stream.concat(others.stream(), providers.stream()).toList();
    }

    List<Agent> beside(List<Agent> others) {
        return Stream.concat(others.stream(), agents.stream()).toList();
    }

    /** The policy of the documents, but for whoever comes through a door. */
    PolicyEngine over(PolicyEngine documents) {
        if (agents.isEmpty()) {
            return documents;
        }
        Policy policy = new Policy(
                BreakGlass.TYPE,
                null,
                Policy.Effect.ALLOW,
                agents.stream()
                        .map(agent -> Policy.Selector.named(agent.name()))
                        .toList(),
                List.of(Target.BUILT_IN),
                List.of("*"),
                null,
                Policy.Grant.UNRESTRICTED,
                null);
        PolicyEngine emergency = Policies.compile(List.of(policy), agents, List.of(builtIn), Conditions.NONE);
        return ask -> ask.proof().type().equals(BreakGlass.TYPE) ? emergency.decide(ask) : documents.decide(ask);
    }

    private static Provider provider(BreakGlass door, Providers providers, InstantSource clock) throws ParseException {
        Map<String, Object> jwk = JSONObjectUtils.parse(door.jwk());
        TrustProvider document = new TrustProvider(
                door.name(),
                "oidc",
                BreakGlass.issuer(door.name()),
                List.of(),
                new TrustProvider.Keys(null, null, Map.of("keys", List.of(jwk)), null),
                Map.of(),
                List.of());
        Provider plain = providers.compile(document, Set.of());
        return new Provider(
                plain.name(),
                BreakGlass.TYPE,
                plain.origin(),
                plain.terms(),
                within(plain.attestor(), door.until(), clock));
    }

    /** Nothing that comes of it outlasts the door. */
    private static Attestor within(Attestor attestor, Instant until, InstantSource clock) {
        return evidence -> {
            Verdict verdict = attestor.attest(evidence);
            if (!clock.instant().isBefore(until)) {
                return new Rejected(Check.EXPIRY, "the time is over");
            }
            return verdict instanceof Verified(var subject, var claims, var issued, var expires, var digest)
                            && expires.isAfter(until)
                    ? new Verified(subject, claims, issued, until, digest)
                    : verdict;
        };
    }
}
