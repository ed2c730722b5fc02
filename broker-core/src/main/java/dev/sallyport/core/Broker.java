package dev.sallyport.core;

import dev.sallyport.core.Outcome.Issued;
import dev.sallyport.core.Outcome.Refused;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.NotAttested;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.NoAgent;
import dev.sallyport.core.directory.NoTarget;
import dev.sallyport.core.directory.SuspendedAgent;
import dev.sallyport.core.directory.SuspendedTarget;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Appended.StateMoved;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.PostureSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The spine: one request through six rooms.
 *
 * <p>Only the broker opens doors; rooms never call each other. A refusal is a value. Breakage is {@link Unavailable}: caught
 * here, once, and answered without a token. A token is returned only after the commit that holds its entry.
 */
public final class Broker {

    private static final int MAX_DECISIONS = 3;
    private static final long MAX_AGE = Duration.ofSeconds(2).toNanos();

    private final StateSource states;
    private final IssuanceLog log;
    private final Journal journal;
    private final ProofBindings bindings;
    private final Refusals refusals;
    private final PostureSource postures;
    private final RateLimits limits;
    private final InstantSource clock;
    private final LongSupplier monotonic;
    private final Supplier<UUID> ids;
    private final String replica;

    /**
     * Joins the rooms.
     *
     * @param bindings knows the keys of evidence that is bound to one
     * @param refusals counts what was turned down, and bounds how much of it the log holds
     * @param postures what others say of the agents
     * @param limits counts for the policies that say how often
     * @param monotonic a clock in nanoseconds that never jumps, such as {@link System#nanoTime}
     * @param ids makes decision ids
     * @param replica this replica's name, for the log
     */
    public Broker(
            StateSource states,
            IssuanceLog log,
            ProofBindings bindings,
            Refusals refusals,
            PostureSource postures,
            RateLimits limits,
            InstantSource clock,
            LongSupplier monotonic,
            Supplier<UUID> ids,
            String replica) {
        this.states = states;
        this.log = log;
        this.journal = new Journal(states, log);
        this.bindings = bindings;
        this.refusals = refusals;
        this.postures = postures;
        this.limits = limits;
        this.clock = clock;
        this.monotonic = monotonic;
        this.ids = ids;
        this.replica = replica;
    }

    /** Answers one request. Returns {@link Issued} only when the token's entry is durable. */
    public Outcome exchange(TokenRequest request) {
        UUID decisionId = ids.get();
        try {
            return exchange(decisionId, request, states.current(), MAX_DECISIONS);
        } catch (Unavailable broken) {
            return new Refused(decisionId, new Refusal.OutOfReach(broken.what()));
        }
    }

    private Outcome exchange(UUID decisionId, TokenRequest request, State state, int decisionsLeft) {
        long started = monotonic.getAsLong();
        Instant time = clock.instant();
        return switch (state.attestors().attest(request.evidence())) {
            case NotAttested(var check, var detail) -> {
                refusals.countUnproven(check);
                yield new Refused(decisionId, new Refusal.EvidenceRefused(check, detail));
            }
            case Attestation proof -> {
                Trial trial = decide(new Trial(decisionId, time, request, proof), state);
                if (refusals.summarise(trial)) {
                    yield trial.outcome();
                }
                yield switch (log.append(trial.entry(state.revision(), replica), state.epoch())) {
                    case Recorded _ -> {
                        raiseAlert(trial);
                        yield released(trial.outcome(), started);
                    }
                    case StateMoved(var epoch)
                    when decisionsLeft > 1 -> {
                        trial.giveBack(limits);
                        yield exchange(decisionId, request, states.atLeast(epoch), decisionsLeft - 1);
                    }
                    case StateMoved _ -> throw new Unavailable("the configuration is changing too fast");
                };
            }
        };
    }

    private Trial decide(Trial trial, State state) {
        if (trial.evidenceEndsWithinThisSecond()) {
            return trial.refused(new Refusal.EvidenceRefused(Check.EXPIRY, "the token has expired"));
        }
        return switch (state.directory().resolve(trial.proof(), trial.request().clientId())) {
            case NoAgent(var detail) -> trial.refused(new Refusal.AgentRefused(detail));
            case SuspendedAgent(var agent) ->
                trial.by(agent).refused(new Refusal.AgentRefused("the agent is suspended"));
            case Agent agent ->
                switch (state.directory().target(trial.request().resources())) {
                    case NoTarget(var detail) -> trial.by(agent).refused(new Refusal.TargetRefused(detail));
                    case SuspendedTarget(var target) ->
                        trial.by(agent).at(target).refused(new Refusal.TargetRefused(Refusal.TargetRefused.SUSPENDED));
                    case Target target
                    when target.builtIn() && trial.onFirstUse() ->
                        trial.by(agent).at(target).refused(new Refusal.TargetRefused(Refusal.TargetRefused.FIRST_USE));
                    case Target target
                    when !target.builtIn() && trial.proof().ofPerson() ->
                        trial.by(agent).at(target).refused(new Refusal.TargetRefused(Refusal.TargetRefused.PERSON));
                    case Target target ->
                        permitted(
                                trial.by(agent, postures.of(agent.name(), trial.time()))
                                        .at(target),
                                state);
                };
        };
    }

    private Trial permitted(Trial trial, State state) {
        return switch (state.policy().decide(trial.ask())) {
            case Deny deny -> trial.denied(deny);
            case Permit permit -> {
                Refusal refusal = ProofCheck.fault(trial, permit, bindings);
                if (refusal == null) {
                    refusal = tooFast(limits.take(permit));
                }
                yield refusal == null
                        ? trial.issued(permit, state.minter().mint(permit))
                        : trial.refused(permit, refusal);
            }
        };
    }

    private void raiseAlert(Trial trial) {
        Entry alert = Alert.of(trial, replica);
        if (alert != null) {
            journal.write(alert);
        }
    }

    private static @Nullable Refusal tooFast(@Nullable Duration wait) {
        return wait == null
                ? null
                : new Refusal.TooFast(
                        "the agent has had as many tokens for this target as policy allows for now", wait);
    }

    /** A token whose decision is old was held up by a frozen process or a stalled database: what it rests on may be gone. */
    private Outcome released(Outcome outcome, long started) {
        if (outcome instanceof Issued && monotonic.getAsLong() - started > MAX_AGE) {
            throw new Unavailable("the decision took too long to record");
        }
        return outcome;
    }
}
