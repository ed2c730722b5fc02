package dev.sallyport.core;

import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.policy.McpTool;
import dev.sallyport.core.possession.Possession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request for a token, read and well-formed, whichever door it came through.
 *
 * @param evidence the caller's proof of where and as what it runs
 * @param resources the {@code resource} parameters; exactly one is right
 * @param actions the actions of {@code scope}, each one once; empty means the target's default actions
 * @param tools the authorization details: tools, whose actions are among the actions
 * @param clientId the agent that the caller says it is, or the subject of its evidence; null when it does not say
 * @param ip the caller's address
 * @param possession what the caller shows to hold beside its evidence
 */
public record TokenRequest(
        Evidence evidence,
        List<String> resources,
        List<String> actions,
        List<McpTool> tools,
        @Nullable String clientId,
        String ip,
        Possession possession) {

    public TokenRequest {
        resources = List.copyOf(resources);
        actions = List.copyOf(actions);
        tools = List.copyOf(tools);
    }

    /** The same request with what its caller shows to hold. */
    public TokenRequest with(Possession possession) {
        Evidence held = evidence instanceof DocumentEvidence document
                ? document.heldBy(possession.proven().jkt())
                : evidence;
        return new TokenRequest(held, resources, actions, tools, clientId, ip, possession);
    }
}
