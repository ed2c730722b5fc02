package dev.sallyport.api.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ctl audit search}: access attempts of callers that had proved themselves. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = {
            "Finds access attempts, the newest first. ctl explain takes their IDs.",
            "Attempts of callers that could not prove themselves are only counted, and not found here."
        })
final class SearchCommand extends BrokerCommand {

    @Mixin
    private Filters filters = new Filters();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "how many at most (50)")
    private int limit;

    @Override
    int run() throws Failure {
        Table table = Audited.table();
        new Pages(session("audit:read"), "/v1/issuances", filters.query()).read(limit, page -> {
            if (structured()) {
                printJson(page);
            } else {
                page.json().path("items").forEach(attempt -> table.add(Audited.row(attempt)));
            }
        });
        if (!structured()) {
            if (table.isEmpty()) {
                tell("no access attempt is like that");
            } else {
                print(table);
            }
        }
        return 0;
    }
}
