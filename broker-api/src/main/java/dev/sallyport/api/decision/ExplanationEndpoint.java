package dev.sallyport.api.decision;

import dev.sallyport.api.decision.PastPolicies.Revision;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Recorded;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.policy.Question;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import dev.sallyport.store.Issuance;
import dev.sallyport.store.Issuances;
import dev.sallyport.store.Issuances.Found;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Explains a decision that stands in the log: its recorded input, decided again by the policies of its revision.
 *
 * <p>Whoever asks may read the log, as the routes around this see to, and must be allowed to read policies as well.
 */
public final class ExplanationEndpoint {

    private static final String POLICY_READ = "policy:read";

    private final Issuances issuances;
    private final PastPolicies past;

    private ExplanationEndpoint(Issuances issuances, PastPolicies past) {
        this.issuances = issuances;
        this.past = past;
    }

    public static RouterFunction<ServerResponse> routes(Issuances issuances, PastPolicies past) {
        return RouterFunctions.route()
                .GET("/v1/issuances/{id}/explanation", new ExplanationEndpoint(issuances, past)::explain)
                .build();
    }

    private ServerResponse explain(ServerRequest request) {
        Parameters.of(request, Set.of());
        Caller.of(request).requireAll(List.of(POLICY_READ));
        Found found = Parameters.uuid(request, "id")
                .flatMap(issuances::find)
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such issuance"));
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(explained(found));
    }

    private Map<String, Object> explained(Found found) {
        Issuance issuance = found.issuance();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("index", issuance.index());
        view.put("time", issuance.time().toString());
        view.put("recorded", issuance.outcome());
        byte[] detail = found.detail();
        if (detail == null) {
            view.put("erased", true);
            return view;
        }
        Recorded recorded = Recorded.parse(detail);
        long revision = recorded.number("policy_revision");
        view.put("decisionId", recorded.text("decision_id"));
        view.put("revision", revision);
        if (recorded.fields().containsKey("reason")) {
            view.put("reason", recorded.text("reason"));
            view.put("reasonDetail", recorded.text("reason_detail"));
        }
        Revision then = past.at(revision);
        question(recorded, then)
                .ifPresent(question ->
                        view.putAll(ExplanationView.of(then.policies().explain(question))));
        return view;
    }

    /** What was asked of the policies; empty where they were not asked, since agent or target were not found. */
    private static Optional<Question> question(Recorded recorded, Revision then) {
        Recorded input = recorded.object("input");
        Optional<Agent> agent =
                Optional.ofNullable(recorded.optionalText("agent")).flatMap(then::agent);
        Optional<Target> target =
                Optional.ofNullable(recorded.optionalText("target")).flatMap(then::target);
        return agent.flatMap(who -> target.map(where -> new Question(
                who,
                attested(recorded.object("attestation")),
                where,
                input.texts("actions"),
                new Request(Instant.ofEpochMilli(input.number("time")), input.text("ip"), input.text("proof")),
                Map.of(),
                input.optional("posture").map(Posture::read).orElse(Posture.NONE))));
    }

    private static Attested attested(Recorded attestation) {
        Recorded recorded = attestation.object("claims");
        Map<String, Claims.Value> claims = new TreeMap<>();
        for (Map.Entry<?, ?> claim : recorded.fields().entrySet()) {
            String name = String.valueOf(claim.getKey());
            claims.put(
                    name,
                    claim.getValue() instanceof List<?>
                            ? new Claims.Many(recorded.texts(name))
                            : new Claims.One(recorded.text(name)));
        }
        return new Attested(
                attestation.text("provider"),
                attestation.text("type"),
                attestation.text("subject"),
                Claims.of(claims),
                Instant.ofEpochSecond(attestation.number("issued")));
    }
}
