package dev.sallyport.core;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Enrolments;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.token.MintedToken;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a proven caller, as far as it got: what is known of it, and then how it ended.
 *
 * @param agent who it is, once resolved
 * @param posture what others say of that agent
 * @param target where it wants to go, once found
 * @param end how it ended; null until it has
 */
record Trial(
        UUID decisionId,
        Instant time,
        TokenRequest request,
        Attestation proof,
        @Nullable Agent agent,
        Posture posture,
        @Nullable Target target,
        @Nullable End end) {

    /**
     * How an attempt ended.
     *
     * @param refusal why it was refused; null where it was not
     * @param token the token; null where it was refused
     * @param policies the names of the policies that decided
     * @param used the permit that the token was made of; null where there is none
     */
    record End(
            @Nullable Refusal refusal,
            @Nullable MintedToken token,
            List<String> policies,
            @Nullable Permit used) {}

    Trial(UUID decisionId, Instant time, TokenRequest request, Attestation proof) {
        this(decisionId, time, request, proof, null, Posture.NONE, null, null);
    }

    Trial by(Agent agent) {
        return by(agent, Posture.NONE);
    }

    Trial by(Agent agent, Posture posture) {
        return new Trial(decisionId, time, request, proof, agent, posture, target, end);
    }

    Trial at(Target target) {
        return new Trial(decisionId, time, request, proof, agent, posture, target, end);
    }

    Trial refused(Refusal refusal) {
        return ended(new End(refusal, null, List.of(), null));
    }

    Trial denied(Deny deny) {
        Refusal refusal = switch (deny.part()) {
            case TARGET -> new Refusal.TargetRefused(deny.detail());
            case ACTION -> new Refusal.ActionRefused(deny.detail());
        };
        return ended(new End(refusal, null, deny.policies(), null));
    }

    /** The decision was a permit, but what it asks for is not proven, or it was used too often. */
    Trial refused(Permit permit, Refusal refusal) {
        return ended(new End(refusal, null, permit.policies(), null));
    }

    Trial issued(Permit permit, MintedToken token) {
        return ended(new End(null, token, permit.policies(), permit));
    }

    /** No token comes of it after all. */
    void giveBack(RateLimits limits) {
        Permit used = Objects.requireNonNull(end).used();
        if (used != null) {
            limits.giveBack(used);
        }
    }

    /** The question to the policy, once agent and target are known. */
    Ask ask() {
        Ask.Facts facts = new Ask.Facts(time, request.ip(), request.possession().proven(), posture);
        return new Ask(
                Objects.requireNonNull(agent),
                proof,
                Objects.requireNonNull(target),
                request.actions(),
                request.tools(),
                facts);
    }

    /** Tokens count in whole seconds: less than one left is none. */
    boolean evidenceEndsWithinThisSecond() {
        return !proof.expires().truncatedTo(ChronoUnit.SECONDS).isAfter(time.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Whether nobody but the caller itself said whose key it is. */
    boolean onFirstUse() {
        return proof.claims().any(Enrolments.CLAIM, Enrolments.Way.FIRST_USE.label()::equals);
    }

    /** Why it was refused; null where it was not. */
    @Nullable
    Refusal refusal() {
        return Objects.requireNonNull(end).refusal();
    }

    Outcome outcome() {
        End ended = Objects.requireNonNull(end);
        return ended.token() == null
                ? new Outcome.Refused(decisionId, Objects.requireNonNull(ended.refusal()))
                : new Outcome.Issued(decisionId, ended.token());
    }

    /** The log entry that must be durable before the outcome leaves. */
    Entry entry(long revision, String replica) {
        return TrialEntry.of(this, Objects.requireNonNull(end), revision, replica);
    }

    private Trial ended(End end) {
        return new Trial(decisionId, time, request, proof, agent, posture, target, end);
    }
}
