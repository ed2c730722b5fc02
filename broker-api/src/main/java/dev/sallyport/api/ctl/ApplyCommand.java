package dev.sallyport.api.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code ctl apply}: brings documents into force, all of them or none. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = {
            "Adds and changes documents, as one revision or not at all; others stay as they are.",
            "Needs directory:read and policy:read, and the scopes to write what differs."
        })
final class ApplyCommand extends DocumentsCommand {

    @Option(names = "--dry-run", description = "check everything and show what would change; store nothing")
    private boolean dryRun;

    @Override
    int run() throws Failure {
        Answer answer = propose(dryRun);
        boolean changed = show(answer);
        if (!structured()) {
            out().println(line(answer.json(), changed));
        }
        return 0;
    }

    private String line(JsonNode answer, boolean changed) {
        String revision = "revision " + Fields.text(answer, "revision");
        if (!changed) {
            return "nothing to change: " + revision + " has it so already";
        }
        String counted = Differences.counted(answer.path("changes"));
        return dryRun ? "dry run: " + revision + " stays; " + counted : revision + ": " + counted;
    }
}
