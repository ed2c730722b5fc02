package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One policy, compiled.
 *
 * @param name the policy's name
 * @param allows whether it allows; otherwise it denies
 * @param agents whom it is about: any of these
 * @param targets patterns of target names
 * @param actions patterns of actions
 * @param when its condition as it is written; null for always
 * @param condition the same, compiled
 * @param ttl the longest lifetime that an allow gives; null for no limit of its own
 * @param proof how an allow wants a token to be bound
 * @param selectsByOne whether whoever is found by the one thing that it selects by is selected
 * @param limit how often an allow may be used; null for no limit
 */
record Rule(
        String name,
        boolean allows,
        List<Who> agents,
        List<Glob> targets,
        List<Glob> actions,
        @Nullable String when,
        @Nullable Condition condition,
        @Nullable Duration ttl,
        Proof proof,
        boolean selectsByOne,
        Policy.@Nullable Limit limit) {

    /**
     * Compiles a policy.
     *
     * @param patterns makes patterns of texts: the same ones for the same texts, so that those of many rules stay in the cache
     */
    static Rule of(Policy policy, @Nullable Condition condition, Function<List<String>, List<Glob>> patterns) {
        List<Who> agents = policy.agents().stream().map(Who::of).toList();
        return new Rule(
                policy.name(),
                policy.effect() == Policy.Effect.ALLOW,
                agents,
                patterns.apply(policy.targets()),
                patterns.apply(policy.actions()),
                policy.when(),
                condition,
                policy.grant().ttl(),
                Objects.requireNonNullElse(policy.grant().proof(), Proof.NONE),
                agents.size() == 1 && agents.getFirst().byOne(),
                policy.limit());
    }

    boolean isAbout(Agent agent) {
        for (Who who : agents) {
            if (who.includes(agent)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it names the target; a pattern never reaches the broker's own API. */
    boolean names(Target target) {
        for (Glob pattern : targets) {
            if (pattern.exact()
                    ? pattern.pattern().equals(target.name())
                    : !target.builtIn() && pattern.matches(target.name())) {
                return true;
            }
        }
        return false;
    }

    /** The same, covering one action more. */
    Rule covering(String action) {
        return with(Stream.concat(actions.stream(), Stream.of(Glob.of(action))).toList());
    }

    Rule coveringNothing() {
        return with(List.of());
    }

    private Rule with(List<Glob> actions) {
        return new Rule(name, allows, agents, targets, actions, when, condition, ttl, proof, selectsByOne, limit);
    }

    /** Whether an index may file it more than once. */
    boolean filedOften() {
        return actions.size() > 1 || (!selectsByOne && agents.size() > 1);
    }

    /** Whether it says the same: conditions are compared as they are written. */
    boolean saysAs(Rule other) {
        return name.equals(other.name)
                && allows == other.allows
                && agents.equals(other.agents)
                && targets.equals(other.targets)
                && actions.equals(other.actions)
                && Objects.equals(when, other.when)
                && Objects.equals(ttl, other.ttl)
                && proof == other.proof
                && Objects.equals(limit, other.limit);
    }

    boolean covers(String action) {
        for (Glob pattern : actions) {
            if (pattern.matches(action)) {
                return true;
            }
        }
        return false;
    }

    /** Selects agents: every part that is there must match. */
    record Who(@Nullable Glob name, Agent.@Nullable Kind kind, Map<String, String> labels) {

        static Who of(Selector selector) {
            return new Who(
                    selector.name() == null ? null : Glob.of(selector.name()), selector.kind(), selector.labels());
        }

        /** Whether it is nothing but one name, one beginning of names, one kind or one label. */
        boolean byOne() {
            int parts = (name == null ? 0 : 1) + (kind == null ? 0 : 1) + labels.size();
            return parts == 1
                    && (name == null
                            || name.exact()
                            || name.pattern().indexOf('*') == name.pattern().length() - 1);
        }

        boolean includes(Agent agent) {
            return (name == null || name.matches(agent.name()))
                    && (kind == null || kind == agent.kind())
                    && (labels.isEmpty() || agent.labels().entrySet().containsAll(labels.entrySet()));
        }
    }
}
