package dev.sallyport.api.ctl;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code ctl audit events}: everything in the log, what admins did among it. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        description =
                "Shows entries of any type, the newest first: what admins did, revocations, keys, reads, exports.")
final class EventsCommand extends BrokerCommand {

    private static final List<String> MEMBERS = List.of(
            "author",
            "agent",
            "target",
            "provider",
            "kind",
            "name",
            "revision",
            "jti",
            "kid",
            "purpose",
            "issuer",
            "actions",
            "reason");

    @Option(names = "--type", paramLabel = "TYPE", description = "of this type, such as configuration or suspension")
    private @Nullable String type;

    @Option(names = "--from", paramLabel = "TIME", description = "at this time or later, such as 2026-05-01T12:00:00Z")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "before this time")
    private @Nullable String to;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "how many at most (50)")
    private int limit;

    @Override
    int run() throws Failure {
        Query query = Query.NONE.and("type", type).and("from", from).and("to", to);
        Table table = new Table("TIME", "INDEX", "TYPE", "OUTCOME", "DETAIL");
        new Pages(session("audit:read"), "/v1/events", query).read(limit, page -> {
            if (structured()) {
                printJson(page);
            } else {
                page.json().path("items").forEach(event -> add(table, event));
            }
        });
        if (!structured()) {
            print(table);
        }
        return 0;
    }

    private static void add(Table table, JsonNode event) {
        table.add(
                Fields.time(event, "time"),
                Fields.text(event, "index"),
                Fields.text(event, "type"),
                Fields.text(event, "outcome"),
                detail(event.path("detail")));
    }

    /** What says the most about who and what; -o json has all of it. */
    private static String detail(JsonNode detail) {
        return MEMBERS.stream()
                .filter(name -> !Fields.text(detail, name).isEmpty())
                .map(name -> name + "=" + Fields.text(detail, name))
                .collect(Collectors.joining(" "));
    }
}
