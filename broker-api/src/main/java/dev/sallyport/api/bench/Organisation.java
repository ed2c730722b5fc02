package dev.sallyport.api.bench;

import dev.sallyport.core.CanonicalJson;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A made-up organisation, its size apart: agents in teams, each team with a service that it may read.
 *
 * <p>Ten policies speak of each service: one lets its team read, every other time on a condition; one denies agents in quarantine;
 * one denies jobs that run for a pull request, on a condition that every request evaluates; the others let other teams write.
 */
record Organisation(int agents, int policies) {

    /** The broker's issuer, and so the audience of assertions. */
    static final String BROKER = "https://broker.example";

    /** The issuer of assertions. */
    static final String PLATFORM = "https://ci.example";

    private static final int POLICIES_PER_SERVICE = 10;
    private static final String PROVIDER = "ci";

    /** The bundle that the broker starts with; JSON. */
    String bundle(Map<String, Object> jwks) {
        return CanonicalJson.text(Map.of(
                "trustProviders",
                List.of(Map.of("name", PROVIDER, "type", "oidc", "issuer", PLATFORM, "keys", Map.of("jwks", jwks))),
                "agents",
                IntStream.range(0, agents).mapToObj(this::agent).toList(),
                "targets",
                IntStream.range(0, services()).mapToObj(Organisation::target).toList(),
                "policies",
                IntStream.range(0, policies).mapToObj(this::policy).toList()));
    }

    /** What the platform says of an agent's job; it issues such a token for every run. */
    Map<String, Object> claims(int agent, long now, long expires, String jti) {
        Map<String, Object> claims = new TreeMap<>();
        claims.put("iss", PLATFORM);
        claims.put("aud", BROKER);
        claims.put("sub", "repo:acme/" + agentName(agent) + ":ref:refs/heads/main");
        claims.put("iat", now);
        claims.put("nbf", now);
        claims.put("exp", expires);
        claims.put("jti", jti);
        claims.put("repository", "acme/" + agentName(agent));
        claims.put("repository_id", repositoryId(agent));
        claims.put("ref", "refs/heads/main");
        claims.put("environment", "production");
        claims.put("event_name", "schedule");
        claims.put("workflow", "nightly");
        claims.put("actor_id", "77");
        return claims;
    }

    String resource(int agent) {
        return resourceOf(team(agent));
    }

    /** The one action that the agent may do there. */
    String scope(int agent) {
        return service(team(agent)) + ":read";
    }

    private int services() {
        return Math.max(1, policies / POLICIES_PER_SERVICE);
    }

    private int team(int agent) {
        return agent % services();
    }

    private Map<String, Object> agent(int number) {
        return Map.of(
                "name", agentName(number),
                "kind", "workload",
                "owner", "team-" + team(number),
                "labels", Map.of("team", "team-" + team(number), "stage", "production"),
                "bindings",
                        List.of(Map.of(
                                "provider",
                                PROVIDER,
                                "match",
                                Map.of("repository_id", repositoryId(number), "ref", "refs/heads/main"))));
    }

    private static Map<String, Object> target(int service) {
        String name = service(service);
        return Map.of(
                "name",
                name,
                "resource",
                resourceOf(service),
                "kind",
                "mcp-server",
                "actions",
                List.of(name + ":read", name + ":write", "tools/call:*"));
    }

    private Map<String, Object> policy(int number) {
        int service = number % services();
        int turn = number / services();
        return switch (turn) {
            case 0 ->
                rule(
                        number,
                        "allow",
                        team("team-" + service),
                        service,
                        ":read",
                        service % 2 == 0
                                ? "attestation.claims.ref == 'refs/heads/main' && agent.labels.stage == 'production'"
                                : "");
            case 1 -> rule(number, "deny", Map.of("labels", Map.of("stage", "quarantine")), service, ":*", "");
            case 2 ->
                rule(
                        number,
                        "deny",
                        Map.of("name", "agent-*"),
                        service,
                        ":*",
                        "has(attestation.claims.environment) && attestation.claims.environment == 'pull-request'");
            default ->
                rule(
                        number,
                        "allow",
                        team("team-" + (service + turn) % services()),
                        service,
                        ":write",
                        "request.time.getHours('UTC') >= 6");
        };
    }

    private static Map<String, Object> team(String name) {
        return Map.of("labels", Map.of("team", name));
    }

    private static Map<String, Object> rule(
            int number, String effect, Map<String, Object> agents, int service, String action, String when) {
        Map<String, Object> rule = new TreeMap<>();
        rule.put("name", "policy-" + number);
        rule.put("effect", effect);
        rule.put("agents", List.of(agents));
        rule.put("targets", List.of(service(service)));
        rule.put("actions", List.of(service(service) + action));
        if (!when.isEmpty()) {
            rule.put("when", when);
        }
        return rule;
    }

    private static String agentName(int number) {
        return "agent-" + number;
    }

    private static String repositoryId(int number) {
        return Integer.toString(100_000 + number);
    }

    private static String service(int number) {
        return "service-" + number;
    }

    private static String resourceOf(int service) {
        return "https://" + service(service) + ".example/mcp";
    }
}
