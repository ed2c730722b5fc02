package dev.sallyport.api.decision;

import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.Constraints;
import dev.sallyport.policy.Explanation;
import dev.sallyport.policy.Explanation.Change;
import dev.sallyport.policy.Explanation.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An explanation as it is answered. */
public final class ExplanationView {

    private ExplanationView() {}

    /** Its members, in the order in which people read them. */
    public static Map<String, Object> of(Explanation explained) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("outcome", explained.permitted() ? "permit" : "deny");
        view.put("actions", explained.actions());
        view.put("constraints", constraints(explained.constraints()));
        view.put("trace", explained.trace().stream().map(ExplanationView::step).toList());
        view.put("omitted", explained.left());
        view.put(
                "counterfactual",
                explained.counterfactual().stream()
                        .map(change -> change(change, explained.permitted()))
                        .toList());
        view.put("search", explained.exhausted() ? "complete" : "bounded");
        return view;
    }

    /** What a permit is narrowed to; nothing where there is none. */
    public static Map<String, Object> constraints(@Nullable Constraints constraints) {
        return constraints == null
                ? Map.of()
                : Map.of(
                        "limits",
                                constraints.limits().keySet().stream()
                                        .sorted()
                                        .map(policy -> limit(policy, constraints.limits()))
                                        .toList(),
                        "ttl", constraints.ttl().toString(),
                        "proofs",
                                constraints.proofs().stream()
                                        .map(Object::toString)
                                        .sorted()
                                        .toList(),
                        "policies", constraints.policies());
    }

    private static Map<String, Object> limit(String policy, Map<String, Policy.Limit> limits) {
        Policy.Limit limit = Objects.requireNonNull(limits.get(policy));
        return Map.of(
                "policy", policy,
                "issuances", limit.issuances(),
                "per", limit.per().toString());
    }

    private static Map<String, Object> step(Step step) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("policy", step.policy());
        view.put("effect", step.effect().toString());
        view.put("matched", step.matched());
        view.put("part", step.part().toString());
        view.put("reason", step.reason());
        view.put("actions", step.actions());
        if (step.failed() != null) {
            view.put("failed", step.failed());
        }
        if (!step.values().isEmpty()) {
            Map<String, Object> values = new TreeMap<>();
            step.values().forEach((name, value) -> values.put(name, plain(value)));
            view.put("values", values);
        }
        return view;
    }

    private static Map<String, Object> change(Change change, boolean permitted) {
        return Map.of(
                "policy", change.policy(),
                "part", change.part().toString(),
                "predicate", change.predicate(),
                "text", (permitted ? "fails if " : "passes if ") + change.predicate());
    }

    private static Object plain(Object value) {
        return value instanceof Instant || value instanceof Duration ? value.toString() : value;
    }
}
