package dev.sallyport.core.live;

import dev.sallyport.core.State;
import dev.sallyport.core.StateSource;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.PostureSource;
import dev.sallyport.core.possession.Confirmation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Recognises those who ask about tokens with the evidence of their platform, as agents do at the token endpoint. */
public final class Askers {

    /** The action on the broker's own API that lets one see the tokens of all targets. */
    public static final String INTROSPECT = "introspect";

    private final StateSource states;
    private final Target api;
    private final PostureSource postures;
    private final InstantSource clock;

    /**
     * Makes it.
     *
     * @param issuer the broker's own
     */
    public Askers(StateSource states, String issuer, PostureSource postures, InstantSource clock) {
        this.states = states;
        this.api = Target.builtIn(issuer);
        this.postures = postures;
        this.clock = clock;
    }

    /**
     * Who asks.
     *
     * @param agent its name
     * @param everything whether it may see the tokens of all targets, and not only of those that list it as a server
     */
    public record Asker(String agent, boolean everything) {

        /** Whether it may see the tokens of a target. */
        public boolean maySee(Target target) {
            return everything || target.servers().contains(agent);
        }
    }

    /**
     * Recognises the agent that evidence is of.
     *
     * @param clientId what it says it is; null where it does not say
     * @param ip its address
     * @return empty where it is nobody, or nobody in particular
     */
    public Optional<Asker> of(Evidence evidence, @Nullable String clientId, String ip) {
        State state = states.current();
        return state.attestors().attest(evidence) instanceof Attestation proof
                        && state.directory().resolve(proof, clientId) instanceof Agent agent
                ? Optional.of(new Asker(agent.name(), permitted(state, agent, proof, ip)))
                : Optional.empty();
    }

    private boolean permitted(State state, Agent agent, Attestation proof, String ip) {
        Instant now = clock.instant();
        Ask.Facts facts = new Ask.Facts(now, ip, Confirmation.NONE, postures.of(agent.name(), now));
        Ask ask = new Ask(agent, proof, api, List.of(INTROSPECT), List.of(), facts);
        return state.policy().decide(ask) instanceof Permit permit
                && permit.proofs().isEmpty();
    }
}
