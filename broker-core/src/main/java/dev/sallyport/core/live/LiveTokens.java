package dev.sallyport.core.live;

import dev.sallyport.core.State;
import dev.sallyport.core.StateSource;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Resolution;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.live.Standing.Dead;
import dev.sallyport.core.live.Standing.Live;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.PostureSource;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.core.possession.Confirmation;
import dev.sallyport.core.token.SignedToken;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Decides again whether a token that was issued may be used now.
 *
 * <p>What its entry in the log holds of the agent's proof is put to today's directory and policy, at today's time. A token
 * without an entry counts for nothing, whoever signed it.
 */
public final class LiveTokens {

    private final StateSource states;
    private final Freshness freshness;
    private final Revocations revocations;
    private final IssuedTokens issued;
    private final PostureSource postures;
    private final InstantSource clock;

    public LiveTokens(
            StateSource states,
            Freshness freshness,
            Revocations revocations,
            IssuedTokens issued,
            PostureSource postures,
            InstantSource clock) {
        this.states = states;
        this.freshness = freshness;
        this.revocations = revocations;
        this.issued = issued;
        this.postures = postures;
        this.clock = clock;
    }

    /** Whether the log holds that very token. */
    public boolean recorded(SignedToken token, String compact) {
        return issued.find(token.jti()).filter(entry -> entry.is(compact)).isPresent();
    }

    /**
     * What a verified token is worth now.
     *
     * @param compact the token itself: secret
     * @throws dev.sallyport.core.Unavailable when a change may have been missed, or the log can't be read
     */
    public Standing of(SignedToken token, String compact) {
        freshness.require();
        if (revocations.cover(token.jti(), token.expires())) {
            return new Dead("the token is revoked");
        }
        return issued.find(token.jti())
                .filter(entry -> entry.is(compact))
                .map(entry -> decide(token, entry, states.current()))
                .orElseGet(() -> new Dead("the log does not hold the token"));
    }

    private Standing decide(SignedToken token, IssuedToken entry, State state) {
        if (revocations.cover(entry)) {
            return new Dead("the tokens of this agent, target or trust provider are revoked");
        }
        if (!state.attestors().trusts(entry.proof().provider())) {
            return new Dead("the trust provider that vouched for the token's agent is suspended or removed");
        }
        Resolution resolved = state.directory().resolve(entry.proof(), entry.agent());
        if (!(resolved instanceof Agent agent) || !agent.name().equals(token.agent())) {
            return new Dead("the token's agent is suspended, removed or bound to another workload");
        }
        if (!(state.directory().target(List.of(entry.resource())) instanceof Target target)
                || !target.audience().equals(token.audience())) {
            return new Dead("the token's target is suspended, removed or changed");
        }
        if (!lastsUntil(entry, state).isAfter(clock.instant())) {
            return new Dead("the agent's evidence has ended, and its trust provider lets no token outlast it by more");
        }
        return decide(
                token, entry, new Ask(agent, entry.proof(), target, entry.actions(), List.of(), facts(entry)), state);
    }

    /** Until when today's trust provider lets a token live by that evidence. */
    private static Instant lastsUntil(IssuedToken entry, State state) {
        Attestation proof = entry.proof();
        return proof.expires().plus(state.attestors().terms(proof.provider()).beyond());
    }

    private Ask.Facts facts(IssuedToken entry) {
        Instant now = clock.instant();
        return new Ask.Facts(now, entry.ip(), entry.proven(), postures.of(entry.agent(), now));
    }

    private static boolean bound(Confirmation bound, Set<Proof> wanted) {
        return (bound.jkt() != null || !wanted.contains(Proof.DPOP))
                && (bound.certificate() != null || !wanted.contains(Proof.MTLS));
    }

    /** A policy that allows less time than the token has had takes the rest of it. */
    private Standing decide(SignedToken token, IssuedToken entry, Ask ask, State state) {
        if (!(state.policy().decide(ask) instanceof Permit permit)
                || !permit.actions().containsAll(entry.actions())) {
            return new Dead("policy does not permit the token any more");
        }
        if (!bound(token.bound(), permit.proofs())) {
            return new Dead("policy wants the token bound to its holder in another way");
        }
        Instant ends = token.issued().plus(permit.ttl());
        return ends.isAfter(ask.facts().time())
                ? new Live(ask.target())
                : new Dead("policy allows less time than the token has had");
    }
}
