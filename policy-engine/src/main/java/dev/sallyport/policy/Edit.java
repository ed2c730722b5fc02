package dev.sallyport.policy;

import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.policy.Comparison.Operator;
import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Explanation.Change;
import dev.sallyport.policy.Explanation.Part;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Path;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One change to a world.
 *
 * @param change as it is told
 * @param apply makes the world in which it is so
 * @param holds whether it is still so after further changes
 */
record Edit(Change change, UnaryOperator<World> apply, Predicate<World> holds) {

    /** Makes an atom of a policy's condition true or false. */
    static Edit atom(Rule rule, Atom atom, boolean wanted, String action) {
        return new Edit(
                new Change(rule.name(), Part.CONDITION, atom.text(wanted)),
                world -> settled(world, atom, wanted, action),
                world -> world.evaluate(atom, action) == Outcome.of(wanted));
    }

    /** Gives or takes an agent's name, kind or label, as a comparison of the policy's {@code agents} would have it. */
    static Edit agent(Rule rule, Comparison comparison) {
        return new Edit(
                new Change(rule.name(), Part.AGENT, comparison.text()),
                world -> {
                    Question changed = set(world.question(), comparison.path(), value(comparison, true, null));
                    return changed == null ? world : world.with(changed);
                },
                world -> {
                    var check = comparison.check();
                    return check != null && check.evaluate(world.facts(), "") == Outcome.TRUE;
                });
    }

    /** Supposes that a policy says something else of an agent, target or action. */
    static Edit clause(World.Clause clause, boolean holds, String words) {
        return new Edit(
                new Change(clause.policy(), clause.part(), words), world -> world.supposing(clause, holds), _ -> true);
    }

    private static World settled(World world, Atom atom, boolean wanted, String action) {
        Comparison comparison = atom.comparison();
        if (comparison != null) {
            Object current = comparison.path().value(world.facts(), action);
            Question changed = set(world.question(), comparison.path(), value(comparison, wanted, current));
            if (changed != null) {
                World after = world.with(changed);
                if (after.evaluate(atom, action) == Outcome.of(wanted)) {
                    return after;
                }
            }
        }
        return world.supposing(atom, wanted);
    }

    /** A value with which a comparison comes out as wanted; null for none at all. */
    private static @Nullable Object value(Comparison comparison, boolean wanted, @Nullable Object current) {
        Object literal = comparison.literal();
        return switch (comparison.operator()) {
            case EQUAL, LESS_OR_EQUAL, GREATER_OR_EQUAL, STARTS, ENDS, CONTAINS ->
                wanted ? literal : other(literal, comparison.operator() == Operator.LESS_OR_EQUAL ? 1 : -1);
            case DIFFERENT -> wanted ? other(literal, 1) : literal;
            case LESS -> wanted ? other(literal, -1) : literal;
            case GREATER -> wanted ? other(literal, 1) : literal;
            case AMONG -> {
                Object first = ((List<?>) literal).getFirst();
                yield wanted ? first : other(first, 1);
            }
            case HOLDS -> {
                List<Object> list = new ArrayList<>(current instanceof List<?> held ? held : List.of());
                list.remove(literal);
                if (wanted) {
                    list.add(literal);
                }
                yield list;
            }
            case HAS -> wanted ? "any" : null;
        };
    }

    private static Object other(Object literal, int direction) {
        return switch (literal) {
            case Long number -> number + direction;
            case Double number -> number + direction;
            case Duration time -> time.plusSeconds(direction);
            case Boolean value -> !value;
            default -> "other than " + literal;
        };
    }

    /** The question with another value; null where that can't be had by changing the question. */
    private static @Nullable Question set(Question question, Path path, @Nullable Object value) {
        String key = path.key();
        Agent agent = question.agent();
        return switch (path.word()) {
            case "agent.name" ->
                value instanceof String name && name.matches("[a-z0-9][a-z0-9-]{0,62}")
                        ? question.with(copy(agent, name, agent.kind(), agent.labels()))
                        : null;
            case "agent.kind" ->
                kind(value)
                        .map(kind -> question.with(copy(agent, agent.name(), kind, agent.labels())))
                        .orElse(null);
            case "agent.labels" ->
                key != null && (value == null || value instanceof String)
                        ? question.with(
                                copy(agent, agent.name(), agent.kind(), changed(agent.labels(), key, (String) value)))
                        : null;
            case "context" -> key == null ? null : question.inContext(changed(question.context(), key, value));
            case "posture" ->
                key == null ? null : question.inPosture(question.posture().with(key, value));
            case "request.ip" ->
                value instanceof String ip
                        ? question.with(new Request(
                                question.request().time(),
                                ip,
                                question.request().proof()))
                        : null;
            case "request.proof" ->
                value instanceof String proof
                        ? question.with(new Request(
                                question.request().time(), question.request().ip(), proof))
                        : null;
            default -> {
                Attested attested = question.attestation();
                Attested after = attested == null ? null : set(attested, question.request(), path, value);
                yield after == null ? null : question.with(after);
            }
        };
    }

    private static @Nullable Attested set(Attested old, Request request, Path path, @Nullable Object value) {
        return switch (path.word()) {
            case "attestation.provider" ->
                value instanceof String text
                        ? new Attested(text, old.type(), old.subject(), old.claims(), old.issued())
                        : null;
            case "attestation.type" ->
                value instanceof String text
                        ? new Attested(old.provider(), text, old.subject(), old.claims(), old.issued())
                        : null;
            case "attestation.subject" ->
                value instanceof String text
                        ? new Attested(old.provider(), old.type(), text, old.claims(), old.issued())
                        : null;
            case "attestation.age" ->
                value instanceof Duration age
                        ? new Attested(
                                old.provider(),
                                old.type(),
                                old.subject(),
                                old.claims(),
                                request.time().minus(age))
                        : null;
            case "attestation.claims" -> {
                Claims claims = path.key() == null ? null : claims(old.claims(), path.key(), value);
                yield claims == null
                        ? null
                        : new Attested(old.provider(), old.type(), old.subject(), claims, old.issued());
            }
            default -> null;
        };
    }

    private static @Nullable Claims claims(Claims old, String name, @Nullable Object value) {
        Map<String, Claims.Value> claims = new HashMap<>(old.asMap());
        switch (value) {
            case null -> claims.remove(name);
            case String text -> claims.put(name, new Claims.One(text));
            case List<?> list ->
                claims.put(
                        name, new Claims.Many(list.stream().map(String::valueOf).toList()));
            default -> {
                return null;
            }
        }
        return Claims.of(claims);
    }

    private static <V> Map<String, V> changed(Map<String, ? extends V> old, String key, @Nullable V value) {
        Map<String, V> map = new HashMap<>(old);
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
        return map;
    }

    private static Optional<Agent.Kind> kind(@Nullable Object value) {
        return Arrays.stream(Agent.Kind.values())
                .filter(kind -> kind.toString().equals(value))
                .findFirst();
    }

    private static Agent copy(Agent agent, String name, Agent.Kind kind, Map<String, String> labels) {
        return new Agent(name, kind, agent.owner(), labels, agent.parent(), agent.bindings());
    }
}
