package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.core.Invalid;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ctl replay}: what candidate policies would have decided otherwise. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Decides once more, by candidate policies, what the log has recorded. Needs policy:read and audit:read.",
            "Exit code 0: nothing would have come out otherwise; 1: something would."
        })
final class ReplayCommand extends BrokerCommand {

    /** The broker itself ends after ten minutes. */
    private static final Duration WITHIN = Duration.ofMinutes(11);

    private static final Map<String, String> KINDS = kinds();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE|-",
            description = "policies or changes, and a period, in YAML or JSON, as POST /v1/policy-replays takes them")
    private String file = "";

    @Option(names = "--last", paramLabel = "DURATION", description = "how far back, such as P30D")
    private @Nullable String last;

    @Override
    int run() throws Failure {
        ObjectNode request = read();
        if (last != null) {
            request.put("last", last);
        }
        Session session = session("policy:read", "audit:read");
        tell("replaying what was recorded ...");
        Answer answer = session.post("/v1/policy-replays", request.toString(), WITHIN);
        JsonNode result = answer.json();
        if (structured()) {
            printJson(answer);
        } else {
            show(result);
        }
        return differing(result) == 0 ? 0 : Failure.NEGATIVE;
    }

    private ObjectNode read() throws Failure {
        try {
            JsonNode request =
                    Documents.readRequest(DocumentFiles.bytes(file, surroundings()), Format.YAML, JsonNode.class);
            if (request instanceof ObjectNode object) {
                return object;
            }
            throw Failure.badInput(file + ": must be an object with policies or changes");
        } catch (Invalid invalid) {
            throw Failure.of(file, invalid);
        }
    }

    private void show(JsonNode result) {
        out().println("decided " + Fields.text(result, "decided") + ", unchanged " + Fields.text(result, "unchanged")
                + "; not decided " + Fields.text(result, "notDecided") + ", erased " + Fields.text(result, "erased")
                + ", unreadable " + Fields.text(result, "unreadable"));
        if (!result.path("complete").asBoolean(false)) {
            out().println("not all was looked at: go on with fromIndex " + Fields.text(result, "next"));
        }
        Table table = new Table("WOULD BE", "COUNT", "AGENT", "TARGET", "ACTIONS", "LAST", "EXAMPLE");
        KINDS.forEach((member, name) -> result.path(member).path("groups").forEach(group -> add(table, name, group)));
        if (!table.isEmpty()) {
            out().println();
            print(table);
        }
        if (result.path("truncated").asBoolean(false)) {
            out().println("there are more: -o json with a limit lists up to 1,000 of each");
        }
    }

    private static void add(Table table, String name, JsonNode group) {
        table.add(
                group.path("already").asBoolean(false) ? name + ", as now" : name,
                Fields.text(group, "count"),
                Fields.text(group, "agent"),
                Fields.text(group, "target"),
                Fields.text(group, "actions"),
                Fields.time(group, "last"),
                Fields.text(group, "example"));
    }

    private static long differing(JsonNode result) {
        return KINDS.keySet().stream()
                .mapToLong(member -> result.path(member).path("count").asLong(0))
                .sum();
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("newlyDenied", "denied");
        kinds.put("newlyAllowed", "allowed");
        kinds.put("narrowed", "narrowed");
        kinds.put("widened", "widened");
        kinds.put("changed", "changed");
        return kinds;
    }
}
