package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ctl delete}: removes one document, as it is now. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Removes a document. One that others name stays; it is said which.")
final class DeleteCommand extends BrokerCommand {

    @Parameters(index = "0", paramLabel = "KIND", description = "trust-provider, agent, target or policy")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "its name")
    private String name = "";

    @Override
    int run() throws Failure {
        Kind known = Documented.kind(kind);
        String path = Documented.path(known, name);
        String write = known == Kind.POLICY ? "policy:write" : "directory:write";
        Session session = session(Documented.readScope(known), write);
        String etag = session.get(path).header("ETag").orElse("*");
        Answer answer = session.delete(path, etag);
        if (structured()) {
            printJson(answer);
        } else {
            out().println(known.label() + " " + name + " is removed");
        }
        return 0;
    }
}
