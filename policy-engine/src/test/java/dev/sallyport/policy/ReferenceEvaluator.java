package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides as the description of policies says, sentence by sentence, and as slowly as that takes.
 *
 * <p>It shares nothing with the engine but the documents: no index, no {@link dev.sallyport.core.Glob}, no CEL.
 */
record ReferenceEvaluator(List<Policy> policies, Map<String, Meaning> meanings) {

    /** What a condition means, said in Java; null where it fails to evaluate. */
    @FunctionalInterface
    interface Meaning {

        @Nullable
        Boolean of(Ask ask, String action);
    }

    /**
     * What was decided.
     *
     * @param granted the actions that are granted; none where it is refused
     */
    record Verdict(List<String> granted, Duration ttl, Set<Proof> proofs, Set<String> policies) {}

    /** Null where it is refused. */
    @Nullable
    Verdict decide(Ask ask) {
        List<String> wanted = ask.actions().isEmpty() ? ask.target().defaultActions() : ask.actions();
        List<String> granted = new ArrayList<>();
        for (String action : wanted) {
            if (!action.contains("*") && known(ask.target(), action) && permitted(ask, action)) {
                granted.add(action);
            }
        }
        boolean refused = granted.isEmpty()
                || (!ask.actions().isEmpty() && granted.size() < ask.actions().size());
        return refused ? null : narrowed(ask, granted);
    }

    private Verdict narrowed(Ask ask, List<String> granted) {
        Duration ttl = ask.target().token().maxTtl();
        Set<Proof> proofs = EnumSet.of(ask.target().token().proof());
        Set<String> names = new TreeSet<>();
        for (Policy policy : policies) {
            boolean permits = policy.effect() == Effect.ALLOW
                    && granted.stream().anyMatch(action -> applies(policy, ask, action));
            if (permits) {
                names.add(policy.name());
                Duration own = policy.grant().ttl();
                ttl = own != null && own.compareTo(ttl) < 0 ? own : ttl;
                if (policy.grant().proof() != null) {
                    proofs.add(policy.grant().proof());
                }
            }
        }
        proofs.remove(Proof.NONE);
        return new Verdict(granted, ttl, proofs, names);
    }

    /** Whether at least one allow matches the action and no deny does. */
    private boolean permitted(Ask ask, String action) {
        boolean allowed =
                policies.stream().anyMatch(policy -> policy.effect() == Effect.ALLOW && applies(policy, ask, action));
        boolean denied =
                policies.stream().anyMatch(policy -> policy.effect() == Effect.DENY && applies(policy, ask, action));
        return allowed && !denied;
    }

    /** Whether nothing on the target is permitted, of a target whose actions are no patterns. */
    boolean nothingPermitted(Ask ask) {
        return ask.target().actions().stream().noneMatch(action -> permitted(ask, action));
    }

    private static boolean known(Target target, String action) {
        return target.actions().stream().anyMatch(pattern -> matches(pattern, action));
    }

    private boolean applies(Policy policy, Ask ask, String action) {
        boolean matches = policy.agents().stream().anyMatch(who -> selects(who, ask.agent()))
                && policy.targets().stream().anyMatch(pattern -> names(pattern, ask.target()))
                && policy.actions().stream().anyMatch(pattern -> matches(pattern, action));
        return matches && conditionApplies(policy, ask, action);
    }

    /** A condition that fails to evaluate: an allow does not apply, a deny does. */
    private boolean conditionApplies(Policy policy, Ask ask, String action) {
        if (policy.when() == null) {
            return true;
        }
        Boolean outcome = meaning(policy.when()).of(ask, action);
        return outcome == null ? policy.effect() == Effect.DENY : outcome;
    }

    private Meaning meaning(String when) {
        Meaning meaning = meanings.get(when);
        if (meaning == null) {
            throw new IllegalArgumentException("a condition without a meaning: " + when);
        }
        return meaning;
    }

    private static boolean selects(Selector who, Agent agent) {
        boolean name = who.name() == null || matches(who.name(), agent.name());
        boolean kind = who.kind() == null || who.kind() == agent.kind();
        boolean labels = who.labels().entrySet().stream()
                .allMatch(label -> label.getValue().equals(agent.labels().get(label.getKey())));
        return name && kind && labels;
    }

    /** Globs never match the built-in target: a policy for it names it. */
    private static boolean names(String pattern, Target target) {
        return target.name().equals("sallyport") ? pattern.equals("sallyport") : matches(pattern, target.name());
    }

    /** {@code *} stands for anything. */
    private static boolean matches(String pattern, String text) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        if (pattern.charAt(0) == '*') {
            return matches(pattern.substring(1), text) || (!text.isEmpty() && matches(pattern, text.substring(1)));
        }
        return !text.isEmpty()
                && pattern.charAt(0) == text.charAt(0)
                && matches(pattern.substring(1), text.substring(1));
    }
}
