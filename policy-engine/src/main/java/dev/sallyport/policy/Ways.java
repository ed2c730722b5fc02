package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.policy.Comparison.Operator;
import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Explanation.Part;
import dev.sallyport.policy.Predicate.All;
import dev.sallyport.policy.Predicate.Any;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Not;
import dev.sallyport.policy.Predicate.Path;
import dev.sallyport.policy.Rule.Who;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The ways to make a policy apply to an action in a world, or not apply: each one some edits, all of which are needed.
 *
 * <p>At most {@value #MAX_WAYS} are kept, the smallest ones, of at most {@value #MAX_EDITS} edits each.
 */
record Ways(World world, Rule rule, String action) {

    static final int MAX_EDITS = 4;
    static final int MAX_WAYS = 16;

    private static final List<List<Edit>> ALREADY = List.of(List.of());

    List<List<Edit>> toApply() {
        List<List<Edit>> ways = join(toName(), toCover());
        ways = join(ways, toSelect());
        return join(ways, condition(true));
    }

    private List<List<Edit>> toName() {
        String name = world.question().target().name();
        return world.names(rule)
                ? ALREADY
                : List.of(List.of(Edit.clause(
                        new World.Clause(rule.name(), Part.TARGET, name),
                        true,
                        "the policy names the target " + name)));
    }

    private List<List<Edit>> toCover() {
        return world.covers(rule, action)
                ? ALREADY
                : List.of(List.of(Edit.clause(
                        new World.Clause(rule.name(), Part.ACTION, action),
                        true,
                        "the policy covers the action " + action)));
    }

    private List<List<Edit>> toSelect() {
        return world.isAbout(rule)
                ? ALREADY
                : rule.agents().stream().map(this::toSelect).toList();
    }

    /** Who has a pattern for a name is given none: there, another agent is supposed. */
    private List<Edit> toSelect(Who who) {
        Agent agent = world.question().agent();
        List<Edit> edits = new ArrayList<>();
        Glob name = who.name();
        if (name != null && !name.matches(agent.name())) {
            edits.add(
                    name.exact()
                            ? Edit.agent(rule, compared("agent.name", Operator.EQUAL, name.pattern()))
                            : Edit.clause(
                                    new World.Clause(rule.name(), Part.AGENT, agent.name()),
                                    true,
                                    "the agent's name matches " + name.pattern()));
        }
        if (who.kind() != null && who.kind() != agent.kind()) {
            edits.add(Edit.agent(
                    rule, compared("agent.kind", Operator.EQUAL, who.kind().toString())));
        }
        who.labels().forEach((key, value) -> {
            if (!value.equals(agent.labels().get(key))) {
                edits.add(Edit.agent(rule, new Comparison(new Path("agent.labels", key), Operator.EQUAL, value)));
            }
        });
        return edits;
    }

    List<List<Edit>> toNotApply() {
        List<List<Edit>> ways = new ArrayList<>();
        if (rule.condition() != null) {
            ways.addAll(condition(false));
        }
        List<Who> selecting = rule.agents().stream()
                .filter(who -> who.includes(world.question().agent()))
                .toList();
        if (selecting.size() == 1) {
            toNotSelect(selecting.getFirst()).forEach(edit -> ways.add(List.of(edit)));
        }
        ways.add(List.of(Edit.clause(
                new World.Clause(rule.name(), Part.ACTION, action),
                false,
                "the policy does not cover the action " + action)));
        return smallest(ways);
    }

    private List<Edit> toNotSelect(Who who) {
        List<Edit> edits = new ArrayList<>();
        for (Map.Entry<String, String> label : who.labels().entrySet()) {
            Path path = new Path("agent.labels", label.getKey());
            edits.add(Edit.agent(rule, new Comparison(path, Operator.DIFFERENT, label.getValue())));
        }
        if (who.kind() != null) {
            Agent.Kind other = Arrays.stream(Agent.Kind.values())
                    .filter(kind -> kind != who.kind())
                    .findFirst()
                    .orElseThrow();
            edits.add(Edit.agent(rule, compared("agent.kind", Operator.EQUAL, other.toString())));
        }
        if (who.name() != null) {
            edits.add(Edit.clause(
                    new World.Clause(
                            rule.name(), Part.AGENT, world.question().agent().name()),
                    false,
                    "the agent's name does not match " + who.name().pattern()));
        }
        return edits;
    }

    private static Comparison compared(String word, Operator operator, String literal) {
        return new Comparison(new Path(word, null), operator, literal);
    }

    private List<List<Edit>> condition(boolean wanted) {
        Condition condition = rule.condition();
        return condition == null ? ALREADY : ways(condition.apart(), wanted);
    }

    private List<List<Edit>> ways(Predicate predicate, boolean wanted) {
        if (world.evaluate(predicate, action) == Outcome.of(wanted)) {
            return ALREADY;
        }
        return switch (predicate) {
            case All(var parts) -> wanted ? all(parts, true) : any(parts, false);
            case Any(var parts) -> wanted ? any(parts, true) : all(parts, false);
            case Not(var part) -> ways(part, !wanted);
            case Atom atom -> List.of(List.of(Edit.atom(rule, atom, wanted, action)));
        };
    }

    private List<List<Edit>> all(List<Predicate> parts, boolean wanted) {
        List<List<Edit>> ways = ALREADY;
        for (Predicate part : parts) {
            ways = join(ways, ways(part, wanted));
        }
        return ways;
    }

    private List<List<Edit>> any(List<Predicate> parts, boolean wanted) {
        return smallest(
                parts.stream().flatMap(part -> ways(part, wanted).stream()).toList());
    }

    private static List<List<Edit>> join(List<List<Edit>> some, List<List<Edit>> others) {
        List<List<Edit>> joined = new ArrayList<>();
        for (List<Edit> one : some) {
            for (List<Edit> other : others) {
                List<Edit> both = new ArrayList<>(one);
                both.addAll(other);
                joined.add(both);
            }
        }
        return smallest(joined);
    }

    private static List<List<Edit>> smallest(List<List<Edit>> ways) {
        return ways.stream()
                .filter(way -> way.size() <= MAX_EDITS)
                .sorted(Comparator.comparingInt(List::size))
                .limit(MAX_WAYS)
                .toList();
    }
}
