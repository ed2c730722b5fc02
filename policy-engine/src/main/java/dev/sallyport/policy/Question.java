package dev.sallyport.policy;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Posture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a decision is about, real or made up: no token can come of it, since only an {@link Ask} is ever permitted.
 *
 * @param agent who asks
 * @param attestation how it proved that; null for a decision without one, in which conditions that need one fail to evaluate
 * @param target where
 * @param actions the actions asked for; empty means the target's default actions
 * @param request what is known of the request itself
 * @param context what a gateway supplies for one call: the caller chose it
 * @param posture what others say of the agent
 */
public record Question(
        Agent agent,
        @Nullable Attested attestation,
        Target target,
        List<String> actions,
        Request request,
        Map<String, ?> context,
        Posture posture) {

    /** The same question about what was asked. */
    public static Question of(Ask ask) {
        Attestation proof = ask.proof();
        return new Question(
                ask.agent(),
                new Attested(proof.provider(), proof.type(), proof.subject(), proof.claims(), proof.issued()),
                ask.target(),
                ask.actions(),
                new Request(
                        ask.facts().time(),
                        ask.facts().ip(),
                        ask.facts().proven().method()),
                Map.of(),
                ask.facts().posture());
    }

    /**
     * What an attestation says; holding one proves nothing.
     *
     * @param issued when the platform issued its evidence
     */
    public record Attested(String provider, String type, String subject, Claims claims, Instant issued) {}

    /**
     * What is known of a request.
     *
     * @param time when it is decided
     * @param ip the caller's address; null where there is no caller
     * @param proof the ways in which it has proven to hold a key: {@code none}, {@code dpop}, {@code mtls} or {@code dpop+mtls}
     */
    public record Request(Instant time, @Nullable String ip, String proof) {}

    Question with(Agent agent) {
        return new Question(agent, attestation, target, actions, request, context, posture);
    }

    Question with(@Nullable Attested attestation) {
        return new Question(agent, attestation, target, actions, request, context, posture);
    }

    Question with(Request request) {
        return new Question(agent, attestation, target, actions, request, context, posture);
    }

    Question inContext(Map<String, ?> context) {
        return new Question(agent, attestation, target, actions, request, context, posture);
    }

    Question inPosture(Posture posture) {
        return new Question(agent, attestation, target, actions, request, context, posture);
    }

    /** The requested actions, or the target's default ones. */
    List<String> wanted() {
        return actions.isEmpty() ? target.defaultActions() : actions;
    }
}
