package dev.sallyport.api.decision;

import dev.sallyport.api.decision.SimulatedRequest.MadeUp;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.DocumentSet.Held;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.policy.Question;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides made-up requests: nothing is issued, and nothing stands in the log. */
public final class Simulations {

    private final InstantSource clock;

    public Simulations(InstantSource clock) {
        this.clock = clock;
    }

    /** The documents that a made-up request can name. */
    @FunctionalInterface
    public interface Known {

        Optional<Named> find(Kind kind, String name);
    }

    /**
     * Decides and explains.
     *
     * @throws Invalid naming what is not there or can't be compiled
     */
    public Map<String, Object> run(SimulatedRequest sent, Loaded loaded) {
        Question question = question(sent, clock.instant(), (kind, name) -> find(loaded, kind, name));
        PolicySet set = sent.policies() == null ? loaded.policies() : loaded.policies(sent.policies());
        Map<String, Object> answer = new LinkedHashMap<>(ExplanationView.of(set.explain(question)));
        answer.put("revision", loaded.documents().revision());
        return answer;
    }

    private static Optional<Named> find(Loaded loaded, Kind kind, String name) {
        return kind == Kind.TARGET && name.equals(Target.BUILT_IN)
                ? Optional.of(loaded.builtIn())
                : loaded.documents().find(kind, name).map(Held::document);
    }

    /** What a made-up request asks; throws {@link Invalid} naming what is not there. */
    public static Question question(SimulatedRequest sent, Instant now, Known known) {
        Request request = sent.at(now);
        return new Question(
                (Agent) document(Kind.AGENT, "agent", sent.agent(), known),
                attested(sent.attestation(), request, known),
                (Target) document(Kind.TARGET, "target", sent.target(), known),
                sent.wanted(),
                request,
                sent.suppliedContext(),
                new Posture(sent.suppliedPosture(), Map.of(), false));
    }

    private static Named document(Kind kind, String field, @Nullable String name, Known known) {
        if (name == null) {
            throw new Invalid(field, "is missing");
        }
        return known.find(kind, name)
                .orElseThrow(() -> new Invalid(field, "no " + kind.label().replace('-', ' ') + " is named " + name));
    }

    private static @Nullable Attested attested(@Nullable MadeUp attestation, Request request, Known known) {
        if (attestation == null) {
            return null;
        }
        TrustProvider provider =
                (TrustProvider) document(Kind.TRUST_PROVIDER, "attestation.provider", attestation.provider(), known);
        return SimulatedRequest.attested(attestation, provider.type(), request.time());
    }
}
