package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The kill switch: what suspending and resuming have in common. */
abstract class StandingCommand extends BrokerCommand {

    @Parameters(index = "0", paramLabel = "KIND", description = "agent, target or trust-provider")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "its name")
    private String name = "";

    final int change(String verb, @Nullable String reason) throws Failure {
        Kind known = Documented.kind(kind);
        if (!known.suspendable()) {
            throw Failure.badInput("KIND: a policy can't be suspended: delete it, or write a deny");
        }
        ObjectNode body = JsonMapper.shared().createObjectNode();
        if (reason != null) {
            body.put("reason", reason);
        }
        Answer answer = session("revocation:write").post(Documented.path(known, name) + "/" + verb, body.toString());
        if (structured()) {
            printJson(answer);
        } else {
            out().println(line(answer.json()));
        }
        return 0;
    }

    private static String line(JsonNode standing) {
        String line = Fields.text(standing, "kind") + " " + Fields.text(standing, "name") + " is "
                + Fields.text(standing, "status");
        return standing.path("reason").isMissingNode()
                ? line
                : Table.plain(line + " since " + Fields.time(standing, "since") + " by " + Fields.text(standing, "by")
                        + ": " + Fields.text(standing, "reason"));
    }
}
