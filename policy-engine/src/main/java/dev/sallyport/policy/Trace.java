package dev.sallyport.policy;

import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Explanation.Part;
import dev.sallyport.policy.Explanation.Step;
import dev.sallyport.policy.Predicate.All;
import dev.sallyport.policy.Predicate.Any;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Not;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells of each policy whether it applies, and what kept it from that.
 *
 * @param steps the nearest first: those that apply, then those of which only the condition, action, agent or target is wrong
 * @param left how many policies were left out
 */
record Trace(List<Step> steps, int left) {

    static Trace of(World world) {
        List<Step> steps = world.set().rules().stream()
                .map(rule -> new Reasons(world, rule).step())
                .sorted(Comparator.comparing(Step::part))
                .limit(Explanation.MAX_STEPS)
                .toList();
        return new Trace(steps, world.set().rules().size() - steps.size());
    }

    /** Why one policy applies or does not. */
    private record Reasons(World world, Rule rule) {

        private Step step() {
            List<String> wanted = world.question().wanted();
            List<String> applies = wanted.stream()
                    .filter(action -> world.applies(rule, action))
                    .toList();
            Part part = applies.isEmpty() ? missing(wanted) : Part.NONE;
            String action = applies.isEmpty()
                    ? wanted.stream()
                            .filter(each -> world.covers(rule, each))
                            .findFirst()
                            .orElse("")
                    : applies.getFirst();
            boolean looked = part == Part.NONE || part == Part.CONDITION;
            return new Step(
                    rule.name(),
                    rule.allows() ? Effect.ALLOW : Effect.DENY,
                    part == Part.NONE,
                    applies,
                    part,
                    reason(part, wanted, action),
                    looked ? failure(action) : null,
                    looked ? values(action) : Map.of());
        }

        private Part missing(List<String> wanted) {
            if (!world.names(rule)) {
                return Part.TARGET;
            }
            if (!world.isAbout(rule)) {
                return Part.AGENT;
            }
            return wanted.stream().anyMatch(action -> world.covers(rule, action)) ? Part.CONDITION : Part.ACTION;
        }

        private String reason(Part part, List<String> wanted, String action) {
            return switch (part) {
                case TARGET ->
                    "it does not name the target " + world.question().target().name();
                case AGENT ->
                    "it does not select the agent " + world.question().agent().name();
                case ACTION -> "it covers none of the actions " + String.join(", ", wanted);
                case CONDITION -> conditionFails(action);
                case NONE -> conditionHolds(action);
            };
        }

        private String conditionFails(String action) {
            return world.outcome(rule, action) == Outcome.FAILED
                    ? "the condition could not be evaluated, and an allow does not apply then"
                    : "the condition is false: " + String.join(", ", decisive(action)) + " is false";
        }

        private String conditionHolds(String action) {
            if (rule.condition() == null) {
                return "agent, target and action match, and there is no condition";
            }
            return world.outcome(rule, action) == Outcome.FAILED
                    ? "the condition could not be evaluated, and a deny applies then"
                    : "agent, target and action match, and the condition is true";
        }

        /** The parts of the condition that make it false. */
        private List<String> decisive(String action) {
            List<String> texts = new ArrayList<>();
            Condition condition = rule.condition();
            if (condition != null) {
                decisive(condition.apart(), false, action, texts);
            }
            return texts;
        }

        private void decisive(Predicate predicate, boolean outcome, String action, List<String> texts) {
            if (world.evaluate(predicate, action) == Outcome.of(outcome)) {
                switch (predicate) {
                    case All(var parts) -> parts.forEach(part -> decisive(part, outcome, action, texts));
                    case Any(var parts) -> parts.forEach(part -> decisive(part, outcome, action, texts));
                    case Not(var part) -> decisive(part, !outcome, action, texts);
                    case Atom atom -> texts.add(atom.text(!outcome));
                }
            }
        }

        private @Nullable String failure(String action) {
            if (world.outcome(rule, action) != Outcome.FAILED) {
                return null;
            }
            Condition condition = rule.condition();
            String doubt = condition == null ? null : world.facts().doubt(condition.posture());
            if (doubt != null) {
                return doubt;
            }
            return atoms().filter(atom -> world.evaluate(atom, action) == Outcome.FAILED)
                    .map(atom -> atom.text() + ": " + atom.problem(world.facts(), action))
                    .findFirst()
                    .orElse("its loops take more than " + ConditionBounds.MAX_ITERATIONS + " rounds together");
        }

        private Map<String, Object> values(String action) {
            Map<String, Object> values = new TreeMap<>();
            atoms().flatMap(atom -> atom.reads().stream()).forEach(path -> {
                Object value = path.value(world.facts(), action);
                if (value != null) {
                    values.put(path.toString(), value);
                }
            });
            return values;
        }

        private Stream<Atom> atoms() {
            return rule.condition() == null
                    ? Stream.of()
                    : atoms(rule.condition().apart());
        }

        private static Stream<Atom> atoms(Predicate predicate) {
            return switch (predicate) {
                case All(var parts) -> parts.stream().flatMap(Reasons::atoms);
                case Any(var parts) -> parts.stream().flatMap(Reasons::atoms);
                case Not(var part) -> atoms(part);
                case Atom atom -> Stream.of(atom);
            };
        }
    }
}
