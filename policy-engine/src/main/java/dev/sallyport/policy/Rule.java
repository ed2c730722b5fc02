package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One policy, compiled.
 *
 * @param name the policy's name
 * @param allows whether it allows; otherwise it denies
 * @param agents whom it is about: any of these
 * @param targets patterns of target names
 * @param actions patterns of actions
 * @param condition its {@code when}; null for always
 * @param ttl the longest lifetime that an allow gives; null for no limit of its own
 * @param proof how an allow wants a token to be bound
 * @param limit how often an allow may be used; null for no limit
 */
record Rule(
        String name,
        boolean allows,
        List<Who> agents,
        List<Glob> targets,
        List<Glob> actions,
        @Nullable Condition condition,
        @Nullable Duration ttl,
        Proof proof,
        Policy.@Nullable Limit limit) {

    static Rule of(Policy policy, @Nullable Condition condition) {
        return new Rule(
                policy.name(),
                policy.effect() == Policy.Effect.ALLOW,
                policy.agents().stream().map(Who::of).toList(),
                Glob.all(policy.targets()),
                Glob.all(policy.actions()),
                condition,
                policy.grant().ttl(),
                Objects.requireNonNullElse(policy.grant().proof(), Proof.NONE),
                policy.limit());
    }

    boolean isAbout(Agent agent) {
        return agents.stream().anyMatch(who -> who.includes(agent));
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

        boolean includes(Agent agent) {
            return (name == null || name.matches(agent.name()))
                    && (kind == null || kind == agent.kind())
                    && agent.labels().entrySet().containsAll(labels.entrySet());
        }

        /** The only agent that it can include, or null when there may be several. */
        @Nullable
        String onlyName() {
            return name != null && name.exact() ? name.pattern() : null;
        }
    }
}
