package dev.sallyport.core.policy;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.possession.Confirmation;
import java.time.Instant;
import java.util.List;

/**
 * The question to the policy: may this agent do this there, now.
 *
 * @param agent who asks
 * @param proof how it proved that
 * @param target where
 * @param actions the actions asked for, each one once; empty means the target's default actions
 * @param tools the tools that the token is to be for, whose actions are among the actions
 * @param facts what is known of the request itself
 */
public record Ask(
        Agent agent, Attestation proof, Target target, List<String> actions, List<McpTool> tools, Facts facts) {

    /**
     * What is known of a request.
     *
     * @param time when it is decided
     * @param ip the caller's address
     * @param proven the keys that the caller has proven to hold
     * @param posture what others say of the agent
     */
    public record Facts(Instant time, String ip, Confirmation proven, Posture posture) {

        /** Those of a caller who has proven to hold no key, and of whom nobody says anything. */
        public Facts(Instant time, String ip) {
            this(time, ip, Confirmation.NONE, Posture.NONE);
        }
    }
}
