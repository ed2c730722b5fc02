package dev.sallyport.api.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code ctl explain}: why a request was decided as it was. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Shows which policies were considered for a request, and the smallest change that would have turned the"
                    + " decision.",
            "Needs audit:read and policy:read."
        })
final class ExplainCommand extends BrokerCommand {

    @Parameters(paramLabel = "ID", description = "the decision id that a refusal ends with, or the jti of a token")
    private String id = "";

    @Override
    int run() throws Failure {
        Answer answer = session("audit:read", "policy:read").get("/v1/issuances/" + Audited.id(id) + "/explanation");
        if (structured()) {
            printJson(answer);
            return 0;
        }
        JsonNode explained = answer.json();
        String recorded = Fields.text(explained, "recorded") + " at " + Fields.time(explained, "time");
        String reason = Fields.text(explained, "reasonDetail");
        out().println(Table.plain(recorded + (reason.isEmpty() ? "" : ": " + reason)));
        if (explained.path("erased").asBoolean(false)) {
            out().println("its detail was erased: nothing more is known");
        } else if (explained.path("trace").isMissingNode()) {
            out().println("it did not get as far as the policies");
        } else {
            new Decision(explained, surroundings().columns(), out()::println).show();
        }
        return 0;
    }
}
