package dev.sallyport.api.ctl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ctl token}: what an agent does, from a shell: evidence in, one token for one target out. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Finds the evidence of the platform that this runs on, and exchanges it for a token for one target.",
            "Prints the token alone, or with -o json the broker's answer."
        })
final class TokenCommand extends BrokerCommand {

    @Parameters(paramLabel = "RESOURCE", description = "the target's resource, such as https://invoices.example/mcp")
    private String resource = "";

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description = "an action; several times for more. Without any: the target's default actions")
    private List<String> scopes = new ArrayList<>();

    @Option(
            names = "--dpop",
            paramLabel = "FILE",
            description = "bind the token to the private JWK in this file, which is made where there is none")
    private @Nullable Path key;

    @Option(
            names = "--client-id",
            paramLabel = "AGENT",
            description = "the agent, where several are bound to this workload")
    private @Nullable String client;

    @Option(
            names = "--as",
            paramLabel = "SUBJECT",
            description = "with a broker of serve --dev: be this subject of its development issuer")
    private @Nullable String subject;

    @Option(names = "--claim", paramLabel = "NAME=VALUE", description = "with --as, a claim of that subject")
    private Map<String, String> claims = new LinkedHashMap<>();

    @Override
    int run() throws Failure {
        if (subject == null && !claims.isEmpty()) {
            throw Failure.badInput("--claim: needs --as: of other platforms, claims are for the platform to say");
        }
        Broker broker = broker();
        Evidence evidence = evidence().find(surroundings(), broker);
        if (subject != null) {
            evidence = posing(broker, evidence, subject);
        }
        ProofKey proof = key == null ? null : ProofKey.in(key);
        Answer answer = new Exchange(broker, proof, surroundings()).token(evidence, resource, scopes, client);
        if (structured()) {
            printJson(answer);
        } else {
            out().println(Exchange.accessToken(answer));
        }
        return 0;
    }

    /** The developer's evidence buys evidence for another subject (docs/development.md). */
    private Evidence posing(Broker broker, Evidence developers, String as) throws Failure {
        if (!broker.local()) {
            throw Failure.badInput("--as: is for a broker of serve --dev on this machine");
        }
        Map<String, String> form = new LinkedHashMap<>(claims);
        form.put("sub", as);
        Answer answer = broker.post("/dev/token", form, Map.of("Authorization", "Bearer " + developers.token()));
        if (answer.status() == 404) {
            throw Failure.badInput("--as: this broker was not started with --dev");
        }
        if (!answer.ok()) {
            throw Refusal.of(answer);
        }
        return new Evidence("dev", answer.text().strip());
    }
}
