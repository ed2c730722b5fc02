package dev.sallyport.policy;

import dev.sallyport.core.policy.Action;
import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Explanation.Part;
import dev.sallyport.policy.Predicate.All;
import dev.sallyport.policy.Predicate.Any;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Not;
import dev.sallyport.policy.Vocabulary.Facts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A question as it is, or as it would be after some changes.
 *
 * <p>A change gives the question other values where it can. Where it can't, it supposes an outcome: of an atom by its text, wherever
 * that stands, or of what one policy says of agents, targets or actions.
 */
final class World {

    /** What a policy says of one agent, target or action. */
    record Clause(String policy, Part part, String name) {}

    private final PolicySet set;
    private final Question question;
    private final Map<String, Outcome> atoms;
    private final Map<Clause, Boolean> clauses;
    private final Facts facts;
    private @Nullable Considered considered;

    private World(PolicySet set, Question question, Map<String, Outcome> atoms, Map<Clause, Boolean> clauses) {
        this.set = set;
        this.question = question;
        this.atoms = atoms;
        this.clauses = clauses;
        this.facts = new Facts(question);
    }

    static World of(PolicySet set, Question question) {
        return new World(set, question, Map.of(), Map.of());
    }

    World with(Question other) {
        return new World(set, other, atoms, clauses);
    }

    World supposing(Atom atom, boolean outcome) {
        Map<String, Outcome> more = new HashMap<>(atoms);
        more.put(atom.text(), Outcome.of(outcome));
        return new World(set, question, more, clauses);
    }

    World supposing(Clause clause, boolean holds) {
        Map<Clause, Boolean> more = new HashMap<>(clauses);
        more.put(clause, holds);
        return new World(set, question, atoms, more);
    }

    PolicySet set() {
        return set;
    }

    Question question() {
        return question;
    }

    Facts facts() {
        return facts;
    }

    /** The rules about agent, target and an action, with the outcomes of their conditions. */
    Considered considered() {
        Considered known = considered;
        if (known == null) {
            List<Rule> rules = clauses.isEmpty()
                    ? set.about(question)
                    : set.rules().stream()
                            .map(this::supposed)
                            .filter(Objects::nonNull)
                            .toList();
            considered = known = new Considered(rules, this::evaluate);
        }
        return known;
    }

    /** The rule as supposed; null where it is about another agent or target. */
    private @Nullable Rule supposed(Rule rule) {
        if (!isAbout(rule) || !names(rule)) {
            return null;
        }
        Rule supposed = rule;
        for (Map.Entry<Clause, Boolean> each : clauses.entrySet()) {
            Clause clause = each.getKey();
            if (clause.part() == Part.ACTION && clause.policy().equals(rule.name())) {
                supposed = each.getValue() ? supposed.covering(clause.name()) : supposed.coveringNothing();
            }
        }
        return supposed;
    }

    boolean isAbout(Rule rule) {
        return Objects.requireNonNullElseGet(
                clauses.get(new Clause(rule.name(), Part.AGENT, question.agent().name())),
                () -> rule.isAbout(question.agent()));
    }

    boolean names(Rule rule) {
        return Objects.requireNonNullElseGet(
                clauses.get(
                        new Clause(rule.name(), Part.TARGET, question.target().name())),
                () -> rule.names(question.target()));
    }

    boolean covers(Rule rule, String action) {
        return Objects.requireNonNullElseGet(
                clauses.get(new Clause(rule.name(), Part.ACTION, action)), () -> rule.covers(action));
    }

    boolean applies(Rule rule, String action) {
        return isAbout(rule)
                && names(rule)
                && covers(rule, action)
                && switch (outcome(rule, action)) {
                    case TRUE -> true;
                    case FALSE -> false;
                    case FAILED -> !rule.allows();
                };
    }

    /** What the rule's condition comes to; true where it has none. */
    Outcome outcome(Rule rule, String action) {
        Condition condition = rule.condition();
        return condition == null
                ? Outcome.TRUE
                : considered().outcome(condition, condition.aboutAction() ? action : "");
    }

    private Outcome evaluate(Condition condition, String action) {
        if (atoms.isEmpty()) {
            return condition.evaluate(facts, action);
        }
        return facts.doubt(condition.posture()) == null ? evaluate(condition.apart(), action) : Outcome.FAILED;
    }

    Outcome evaluate(Predicate predicate, String action) {
        return switch (predicate) {
            case All(var parts) -> new All(evaluated(parts, action)).evaluate(facts, action);
            case Any(var parts) -> new Any(evaluated(parts, action)).evaluate(facts, action);
            case Not(var part) -> evaluate(part, action).not();
            case Atom atom -> Objects.requireNonNullElseGet(atoms.get(atom.text()), () -> atom.evaluate(facts, action));
        };
    }

    private List<Predicate> evaluated(List<Predicate> parts, String action) {
        List<Predicate> evaluated = new ArrayList<>();
        for (Predicate part : parts) {
            Outcome outcome = evaluate(part, action);
            evaluated.add(new Atom("", List.of(), (_, _) -> outcome, null));
        }
        return evaluated;
    }

    /** The actions that are permitted, of those that were asked for. */
    List<String> granted() {
        return set.granted(question.target(), question.wanted(), considered());
    }

    /** Whether the action could be permitted by some policy at all. */
    boolean possible(String action) {
        return Action.concrete(action) && set.knows(question.target(), action);
    }
}
