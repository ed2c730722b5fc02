package dev.sallyport.core.directory;

import dev.sallyport.core.Glob;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.core.Names;
import dev.sallyport.core.policy.Action;
import java.util.List;
import java.util.Objects;

/**
 * The document of a target: one protected resource.
 *
 * @param name its name, {@code [a-z0-9][a-z0-9-]{0,62}}
 * @param resource its resource URI (RFC 8707): absolute, no fragment
 * @param kind what it is
 * @param actions what can be done there, as scope strings; {@code *} in one stands for a family of actions
 * @param defaultActions what a request without {@code scope} asks for: concrete, each one of the actions
 * @param token rules for its tokens
 * @param servers agents that may introspect and evaluate for this target
 */
public record Target(
        String name,
        String resource,
        Kind kind,
        List<String> actions,
        List<String> defaultActions,
        TokenRules token,
        List<String> servers)
        implements Named, Lookup {

    /** The name of the built-in target: the broker's own API. */
    public static final String BUILT_IN = "sallyport";

    private static final List<String> API_SCOPES = List.of(
            "directory:read",
            "directory:write",
            "policy:read",
            "policy:write",
            "system:write",
            "posture:write",
            "posture:write:*",
            "revocation:write",
            "audit:read",
            "operations:read",
            "introspect",
            "evaluate");

    public Target {
        Names.check("name", Objects.requireNonNullElse(name, ""));
        Invalid.unless(
                resource != null && ResourceUri.canonical(resource).isPresent(),
                "resource",
                "must be an absolute URI without a fragment");
        Invalid.unless(kind != null, "kind", "is missing");
        actions = Names.nonEmpty("actions", actions == null ? List.of() : actions);
        defaultActions = defaultActions == null ? List.of() : List.copyOf(defaultActions);
        token = token == null ? TokenRules.DEFAULT : token;
        servers = servers == null ? List.of() : List.copyOf(servers);
        for (int i = 0; i < actions.size(); i++) {
            Action.checkPattern("actions[" + i + "]", actions.get(i));
        }
        for (int i = 0; i < defaultActions.size(); i++) {
            String field = "defaultActions[" + i + "]";
            Action.check(field, defaultActions.get(i));
            Invalid.unless(knows(actions, defaultActions.get(i)), field, "is not one of the target's actions");
        }
        for (int i = 0; i < servers.size(); i++) {
            Names.check("servers[" + i + "]", servers.get(i));
        }
    }

    /** The broker's own API, as a target like any other. */
    public static Target builtIn(String issuer) {
        return new Target(BUILT_IN, issuer + "/v1", Kind.API, API_SCOPES, List.of(), TokenRules.DEFAULT, List.of());
    }

    /** Whether this is the broker's own API, which no pattern ever names. */
    public boolean builtIn() {
        return name.equals(BUILT_IN);
    }

    /** The {@code aud} of its tokens: the resource as it is registered, or the audience that a relying party wants instead. */
    public String audience() {
        return token.audience() == null ? resource : token.audience();
    }

    private static boolean knows(List<String> actions, String action) {
        return actions.stream().anyMatch(known -> Glob.of(known).matches(action));
    }

    /** What a target is. */
    public enum Kind {
        MCP_SERVER,
        API,
        DATABASE,
        SAAS;

        @Override
        public String toString() {
            return Names.label(this);
        }
    }
}
