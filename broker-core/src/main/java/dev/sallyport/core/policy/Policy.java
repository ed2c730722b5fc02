package dev.sallyport.core.policy;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.core.Names;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.TokenRules;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The document of a policy: an allow or deny rule.
 *
 * @param name its name, {@code [a-z0-9][a-z0-9-]{0,62}}
 * @param description what it is for, in words
 * @param effect whether it allows or denies
 * @param agents whom it is about: any of these
 * @param targets names of targets; {@code *} in one stands for anything but the built-in target {@code sallyport}
 * @param actions scope strings; {@code *} in one stands for anything
 * @param when a condition in CEL; absent means always
 * @param grant what an allow gives, narrower than the target's rules
 * @param limit how often it may be used
 */
public record Policy(
        String name,
        @Nullable String description,
        Effect effect,
        List<Selector> agents,
        List<String> targets,
        List<String> actions,
        @Nullable String when,
        Grant grant,
        @Nullable Limit limit)
        implements Named {

    public Policy {
        Names.check("name", Objects.requireNonNullElse(name, ""));
        Invalid.unless(effect != null, "effect", "is missing: allow or deny");
        Invalid.unless(agents != null && !agents.isEmpty(), "agents", "must not be empty");
        agents = List.copyOf(agents);
        targets = Names.nonEmpty("targets", targets == null ? List.of() : targets);
        actions = Names.nonEmpty("actions", actions == null ? List.of() : actions);
        for (int i = 0; i < actions.size(); i++) {
            Action.checkPattern("actions[" + i + "]", actions.get(i));
        }
        Invalid.unless(
                grant == null || grant.equals(Grant.UNRESTRICTED) || effect == Effect.ALLOW,
                "grant",
                "belongs to an allow policy");
        Invalid.unless(limit == null || effect == Effect.ALLOW, "limit", "belongs to an allow policy");
        grant = grant == null ? Grant.UNRESTRICTED : grant;
    }

    /** Whether a policy permits or forbids. */
    public enum Effect {
        ALLOW,
        DENY;

        @Override
        public String toString() {
            return Names.label(this);
        }
    }

    /**
     * Selects agents: every part that is there must match.
     *
     * @param name a name; {@code *} in it stands for anything
     * @param kind a kind of agent
     * @param labels labels that the agent must have
     */
    public record Selector(@Nullable String name, Agent.@Nullable Kind kind, Map<String, String> labels) {

        public Selector {
            labels = labels == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
            Invalid.unless(
                    name != null || kind != null || !labels.isEmpty(),
                    "",
                    "needs a name, a kind or labels to select by");
            Invalid.unless(name == null || !name.isBlank(), "name", "must not be blank");
        }

        /** Selects by name or by a pattern of names. */
        public static Selector named(String pattern) {
            return new Selector(pattern, null, Map.of());
        }

        /** The same of one agent: its name, beside the kind and the labels that were wanted. */
        public Selector narrowedTo(String agent) {
            return new Selector(agent, kind, labels);
        }

        /** Selects by labels. */
        public static Selector labelled(Map<String, String> labels) {
            return new Selector(null, null, labels);
        }
    }

    /**
     * What an allow gives; all of it only narrows.
     *
     * @param ttl the longest lifetime of a token
     * @param proof how a token must be bound
     */
    public record Grant(@Nullable Duration ttl, @Nullable Proof proof) {

        public static final Grant UNRESTRICTED = new Grant(null, null);

        public Grant {
            if (ttl != null) {
                TokenRules.checkTtl("ttl", ttl);
            }
        }
    }

    /**
     * How often a policy may be used, for each agent and target.
     *
     * @param issuances how many tokens
     * @param per in how long
     */
    public record Limit(int issuances, Duration per) {

        private static final int MOST = 10_000;
        private static final Duration LONGEST = Duration.ofDays(1);

        public Limit {
            Invalid.unless(issuances >= 1 && issuances <= MOST, "issuances", "must be 1 to " + MOST);
            Invalid.unless(per != null, "per", "is missing");
            Invalid.unless(
                    per.compareTo(Duration.ofSeconds(1)) >= 0 && per.compareTo(LONGEST) <= 0,
                    "per",
                    "must be one second to one day");
        }
    }
}
