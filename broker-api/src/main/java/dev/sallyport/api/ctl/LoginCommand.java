package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code ctl login}: an access token for the admin API, for the shell that asks. */
@Command(
        name = "login",
        mixinStandardHelpOptions = true,
        description = {
            "Exchanges the platform's evidence for a token of the admin API, and prints a line for the shell:",
            "",
            "  eval \"$(./broker ctl login)\"",
            "",
            "Nothing is stored. Without a login, each command gets a token of its own, with the scopes that it needs."
        })
final class LoginCommand extends BrokerCommand {

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description = "a scope of the token; several times for more. Without any: all that the broker's API has")
    private List<String> scopes = new ArrayList<>();

    @Override
    int run() throws Failure {
        Broker broker = broker();
        Evidence found = evidence().find(surroundings(), broker);
        Exchange exchange = new Exchange(broker, null, surroundings());
        Answer answer = exchange.token(found, broker.issuer() + "/v1", wanted(broker), null);
        if (structured()) {
            printJson(answer);
        } else {
            out().println("export SALLYPORT_TOKEN=" + Exchange.accessToken(answer));
        }
        if (surroundings().terminal()) {
            tell("That is a token, and it is stored nowhere: whoever sees it has it. Rather: eval \"$(./broker ctl"
                    + " login)\"");
        } else {
            JsonNode token = answer.json();
            tell("a token for " + broker.issuer() + "/v1 by " + found.origin() + ", good for "
                    + Fields.text(token, "expires_in") + " s: " + Fields.text(token, "scope"));
        }
        return 0;
    }

    private List<String> wanted(Broker broker) throws Failure {
        if (!scopes.isEmpty()) {
            return scopes;
        }
        List<String> known = new ArrayList<>();
        Answer api = broker.get("/.well-known/oauth-protected-resource/v1");
        for (JsonNode scope : api.json().path("scopes_supported")) {
            // What ends with a star stands for others, and is none.
            if (!scope.asString().contains("*")) {
                known.add(scope.asString());
            }
        }
        return known;
    }
}
