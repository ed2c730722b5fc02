package dev.sallyport.policy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a policy set decides of a question, without the reasons: as quick as a decision, but no token can come of it.
 *
 * @param actions the actions that are granted; none where it is refused
 * @param constraints what a permit is narrowed to; null where it is refused
 * @param policies the names of the policies that decided: allows of a permit, and the denies that apply otherwise
 */
public record Ruling(List<String> actions, @Nullable Constraints constraints, List<String> policies) {

    public Ruling {
        actions = List.copyOf(actions);
        policies = List.copyOf(policies);
    }

    static Ruling permit(List<String> actions, Constraints constraints) {
        return new Ruling(actions, constraints, constraints.policies());
    }

    static Ruling deny(List<String> policies) {
        return new Ruling(List.of(), null, policies);
    }

    public boolean permitted() {
        return constraints != null;
    }

    /** What a permit is narrowed to; throws where it is refused. */
    public Constraints narrowed() {
        return Objects.requireNonNull(constraints);
    }
}
