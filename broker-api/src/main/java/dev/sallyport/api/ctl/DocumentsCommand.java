package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What applying and comparing have in common: documents in files, held against those in force. */
abstract class DocumentsCommand extends BrokerCommand {

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE|DIR|-",
            description = "documents in YAML or JSON, as in a bundle or a part of one; several times for more")
    private List<String> files = new ArrayList<>();

    @Option(names = "--prune", description = "the files are everything: remove the documents that they do not hold")
    private boolean prune;

    /** Sends the documents. */
    final Answer propose(boolean dryRun) throws Failure {
        DocumentFiles documents = DocumentFiles.read(files, surroundings());
        Session session = session("directory:read", "policy:read", "directory:write", "policy:write");
        return Proposal.of(session, documents, prune).put(session, dryRun);
    }

    /** Shows the changes; returns whether there are any. */
    final boolean show(Answer answer) {
        JsonNode changes = answer.json().path("changes");
        if (structured()) {
            printJson(answer);
        } else {
            new Differences(surroundings(), out()::println).show(changes);
        }
        return !changes.isEmpty();
    }
}
