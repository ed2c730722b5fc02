package dev.sallyport.core.policy;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
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
     */
    public record Facts(Instant time, String ip) {}
}
