package dev.sallyport.api.ctl;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code ctl revoke}: ends tokens that were issued. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = {
            "Ends tokens that were issued, and nothing else: an agent gets new ones. ctl suspend ends that.",
            "Needs revocation:write."
        })
final class RevokeCommand extends BrokerCommand {

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the log")
    private @Nullable String reason;

    /** Exactly one of them. */
    static final class Which {

        @Option(names = "--jti", paramLabel = "ID", description = "one token")
        private @Nullable String jti;

        @Option(names = "--agent", paramLabel = "NAME", description = "all tokens of an agent")
        private @Nullable String agent;

        @Option(names = "--target", paramLabel = "NAME", description = "all tokens for a target")
        private @Nullable String target;

        @Option(names = "--provider", paramLabel = "NAME", description = "all tokens that a trust provider vouched for")
        private @Nullable String provider;

        private void into(ObjectNode order) {
            put(order, "jti", jti);
            put(order, "agent", agent);
            put(order, "target", target);
            put(order, "provider", provider);
        }
    }

    @Override
    int run() throws Failure {
        ObjectNode order = JsonMapper.shared().createObjectNode();
        which.into(order);
        put(order, "reason", reason);
        Answer answer = session("revocation:write").post("/v1/revocations", order.toString());
        if (structured()) {
            printJson(answer);
        } else {
            out().println("revoked, by entry " + Fields.text(answer.json(), "index")
                    + " of the log; what verifies tokens offline knows when they expire");
        }
        return 0;
    }

    private static void put(ObjectNode order, String name, @Nullable String value) {
        if (value != null) {
            order.put(name, value);
        }
    }
}
