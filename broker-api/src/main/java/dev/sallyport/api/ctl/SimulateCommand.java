package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.api.document.Kind;
import dev.sallyport.core.Invalid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ctl simulate}: what would be decided, without asking for anything. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Decides a request that nobody made, by the policies in force, and says why. Needs policy:read.",
            "Exit code 0: it would be permitted; 1: it would be refused."
        })
final class SimulateCommand extends BrokerCommand {

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|-",
            description =
                    "the request in YAML or JSON, as POST /v1/policy-simulations takes it; the other options add to it")
    private @Nullable String file;

    @Option(names = "--agent", paramLabel = "NAME", description = "the agent")
    private @Nullable String agent;

    @Option(names = "--target", paramLabel = "NAME", description = "the target")
    private @Nullable String target;

    @Option(names = "--action", paramLabel = "ACTION", description = "an action; several times for more")
    private List<String> actions = new ArrayList<>();

    @Option(names = "--provider", paramLabel = "NAME", description = "the trust provider that vouches")
    private @Nullable String provider;

    @Option(names = "--subject", paramLabel = "TEXT", description = "the platform's name for the workload")
    private @Nullable String subject;

    @Option(
            names = "--claim",
            paramLabel = "NAME=VALUE",
            description = "what the evidence says; several times for more")
    private Map<String, String> claims = new LinkedHashMap<>();

    @Option(names = "--posture", paramLabel = "NAME=VALUE", description = "a fact about the agent")
    private Map<String, String> posture = new LinkedHashMap<>();

    @Option(names = "--time", paramLabel = "TIME", description = "when, such as 2026-05-01T12:00:00Z")
    private @Nullable String time;

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "from where")
    private @Nullable String ip;

    @Option(names = "--proof", paramLabel = "WHICH", description = "none, dpop, mtls or dpop+mtls")
    private @Nullable String proof;

    @Override
    int run() throws Failure {
        ObjectNode request = file == null ? JsonMapper.shared().createObjectNode() : read(file);
        fill(request);
        require(request, "agent");
        require(request, "target");
        Session session = session("policy:read");
        ObjectNode attestation = attestation(request);
        if (attestation != null && attestation.path("provider").isMissingNode()) {
            attestation.put("provider", onlyProvider(Fields.text(request, "agent")));
        }
        Answer answer = session.post("/v1/policy-simulations", request.toString());
        Decision decision = new Decision(answer.json(), surroundings().columns(), out()::println);
        if (structured()) {
            printJson(answer);
        } else {
            decision.show();
        }
        return decision.permitted() ? 0 : Failure.NEGATIVE;
    }

    private ObjectNode read(String source) throws Failure {
        try {
            JsonNode request =
                    Documents.readRequest(DocumentFiles.bytes(source, surroundings()), Format.YAML, JsonNode.class);
            if (request instanceof ObjectNode object) {
                return object;
            }
            throw Failure.badInput(source + ": must be an object");
        } catch (Invalid invalid) {
            throw Failure.of(source, invalid);
        }
    }

    private void fill(ObjectNode request) {
        put(request, "agent", agent);
        put(request, "target", target);
        if (!actions.isEmpty()) {
            ArrayNode list = request.putArray("actions");
            actions.forEach(list::add);
        }
        posture.forEach((name, value) -> request.withObjectProperty("posture").set(name, Values.of(value)));
        if (time != null || ip != null || proof != null) {
            ObjectNode sent = request.withObjectProperty("request");
            put(sent, "time", time);
            put(sent, "ip", ip);
            put(sent, "proof", proof);
        }
    }

    private @Nullable ObjectNode attestation(ObjectNode request) {
        if (provider == null && subject == null && claims.isEmpty()) {
            return null;
        }
        ObjectNode attestation = request.withObjectProperty("attestation");
        put(attestation, "provider", provider);
        put(attestation, "subject", subject);
        claims.forEach((name, value) -> attestation.withObjectProperty("claims").put(name, value));
        return attestation;
    }

    /** The trust provider that the agent is bound to, where there is just one. */
    private String onlyProvider(String name) throws Failure {
        Answer answer = session("directory:read").get(Documented.path(Kind.AGENT, name));
        List<String> bound = new ArrayList<>();
        answer.json().path("bindings").forEach(binding -> bound.add(Fields.text(binding, "provider")));
        List<String> distinct = bound.stream().distinct().toList();
        if (distinct.size() != 1) {
            throw Failure.badInput("--provider: is missing: the agent is bound to " + String.join(", ", distinct));
        }
        return distinct.getFirst();
    }

    private static void put(ObjectNode object, String name, @Nullable String value) {
        if (value != null) {
            object.put(name, value);
        }
    }

    private static void require(ObjectNode request, String field) throws Failure {
        if (Fields.text(request, field).isEmpty()) {
            throw Failure.badInput("--" + field + ": is missing");
        }
    }
}
