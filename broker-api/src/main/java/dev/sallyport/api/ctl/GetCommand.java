package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code ctl get}: lists documents and what stands beside them, or shows one. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = {
            "Lists documents, or shows one. Without a KIND: all documents that there are.",
            "KIND: trust-providers, agents, targets, policies, revisions, keys, or discovered: workloads without an"
                    + " agent."
        })
final class GetCommand extends BrokerCommand {

    @Parameters(index = "0", arity = "0..1", paramLabel = "KIND", description = "what to list, such as agents")
    private @Nullable String kind;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "the one to show")
    private @Nullable String name;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "10000", description = "how many at most (10000)")
    private int limit;

    @Override
    int run() throws Failure {
        if (kind == null) {
            return everything();
        }
        Listing listing = Listing.of(kind);
        return name == null ? list(listing) : one(listing, name);
    }

    private int everything() throws Failure {
        Answer answer = session("directory:read", "policy:read").get("/v1/configuration");
        Table table = new Table("KIND", "NAME");
        for (Kind each : Kind.values()) {
            for (JsonNode document : answer.json().path(each.field())) {
                table.add(each.label(), Fields.text(document, "name"));
            }
        }
        if (structured()) {
            printJson(answer);
            return 0;
        }
        return shown(table, "documents");
    }

    private int list(Listing listing) throws Failure {
        Table table = listing.table();
        Session session = session(listing.scopes());
        String path = "/v1/" + listing.path();
        Pages.Reader reader = page -> {
            if (structured()) {
                printJson(page);
            } else {
                page.json().path("items").forEach(item -> listing.add(table, item));
            }
        };
        if (listing.paged()) {
            new Pages(session, path, Query.NONE).read(limit, reader);
        } else {
            reader.read(session.get(path));
        }
        return structured() ? 0 : shown(table, listing.path());
    }

    private int shown(Table table, String what) {
        if (table.isEmpty()) {
            tell("no " + what);
        } else {
            print(table);
        }
        return 0;
    }

    private int one(Listing listing, String which) throws Failure {
        Answer answer = session(listing.scopes()).get(path(listing, which));
        if (structured()) {
            printJson(answer);
        } else {
            out().println(Fields.yaml(answer.json()));
        }
        return 0;
    }

    private static String path(Listing listing, String which) throws Failure {
        if (!listing.path().equals("revisions")) {
            return Documented.path(Documented.kind(listing.path()), which);
        }
        if (!which.matches("[1-9][0-9]{0,17}")) {
            throw Failure.badInput("NAME: must be the number of a revision");
        }
        return "/v1/revisions/" + which;
    }
}
