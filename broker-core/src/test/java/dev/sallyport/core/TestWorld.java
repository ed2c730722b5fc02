package dev.sallyport.core;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Directory;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.jwt.PrivateJwk;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.PolicyEngine;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.core.possession.Possession;
import dev.sallyport.core.token.JwtMinter;
import dev.sallyport.core.token.KeyRing;
import dev.sallyport.core.token.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** One agent, one target, one platform and a fixed clock. */
final class TestWorld {

    static final Instant NOW = Instant.parse("2026-11-24T10:00:00.250Z");
    static final InstantSource CLOCK = InstantSource.fixed(NOW);
    static final String ISSUER = "https://broker.example";
    static final String RESOURCE = "https://invoices.example/mcp";
    static final PrivateJwk PRIVATE = PrivateJwk.generate(SigningAlgorithm.ES256);
    static final SigningKey KEY = SigningKey.of(PRIVATE, null);
    static final String SECRET_SIGNATURE = "c2VjcmV0LXNpZ25hdHVyZQ";

    static final Agent AGENT = new Agent(
            "invoice-bot",
            Agent.Kind.WORKLOAD,
            "billing",
            Map.of("team", "billing"),
            null,
            List.of(new Binding("ci", Map.of("repository_id", "1001"))));

    /** Permits whatever is asked for, as long as the target allows. */
    static final PolicyEngine PERMIT_ALL = ask ->
            new Permit(ask, wanted(ask), ask.target().token().maxTtl(), Set.of(), Map.of(), List.of("allow-all"));

    private TestWorld() {}

    /** What {@link #PERMIT_ALL} says of the agent at the target. */
    static Permit permit() {
        Attestation proof = (Attestation) Attestors.of(
                        List.of(provider(Map.of("repository_id", "1001"), NOW.plusSeconds(600))), Set.of(), CLOCK)
                .attest(evidence());
        Target target = target(Duration.ofMinutes(5));
        return (Permit)
                PERMIT_ALL.decide(new Ask(AGENT, proof, target, List.of(), List.of(), new Ask.Facts(NOW, "192.0.2.7")));
    }

    static Target target(Duration maxTtl) {
        return new Target(
                "invoices",
                RESOURCE,
                Target.Kind.MCP_SERVER,
                List.of("invoices:read", "invoices:write"),
                List.of("invoices:read"),
                new TokenRules(maxTtl, "ES256", Proof.NONE, null),
                List.of());
    }

    /** A provider whose evidence always holds and ends when told. */
    static Provider provider(Map<String, String> claims, Instant expires) {
        return provider("repo:acme/invoice-bot", claims, expires);
    }

    static Provider provider(String subject, Map<String, String> claims, Instant expires) {
        return new Provider(
                "ci",
                "github-actions",
                "https://ci.example",
                evidence -> new Verdict.Verified(
                        subject,
                        Claims.of(claims.entrySet().stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, each -> new Claims.One(each.getValue())))),
                        NOW.minusSeconds(10),
                        expires,
                        "d1"));
    }

    static State state(long epoch, Provider provider, PolicyEngine policy, Duration maxTtl) {
        KeyRing keys = KeyRing.of(KEY);
        return new State(
                epoch,
                epoch + 100,
                Attestors.of(List.of(provider), Set.of(), CLOCK),
                Directory.of("broker.example", List.of(AGENT), List.of(target(maxTtl)), Suspensions.NONE),
                policy,
                keys,
                new JwtMinter(ISSUER, "broker.example", keys, new Uuids(CLOCK)));
    }

    /** The state after something has been switched off. */
    static State suspended(long epoch, Suspensions suspensions) {
        State active = state(epoch);
        return new State(
                active.epoch(),
                active.revision(),
                Attestors.of(
                        List.of(provider(Map.of("repository_id", "1001"), NOW.plusSeconds(600))),
                        suspensions.trustProviders(),
                        CLOCK),
                Directory.of("broker.example", List.of(AGENT), List.of(target(Duration.ofMinutes(5))), suspensions),
                active.policy(),
                active.keys(),
                active.minter());
    }

    static State state(long epoch) {
        return state(
                epoch,
                provider(Map.of("repository_id", "1001"), NOW.plusSeconds(600)),
                PERMIT_ALL,
                Duration.ofMinutes(5));
    }

    static TokenRequest request() {
        return request(List.of(RESOURCE), List.of());
    }

    static TokenRequest request(List<String> resources, List<String> actions) {
        return new TokenRequest(evidence(), resources, actions, List.of(), null, "192.0.2.7", Possession.NONE);
    }

    static Evidence evidence() {
        return Evidence.jwt(compactEvidence());
    }

    static String compactEvidence() {
        return encoded("{\"alg\":\"ES256\",\"kid\":\"k\"}") + "." + encoded("{\"iss\":\"https://ci.example\"}") + "."
                + SECRET_SIGNATURE;
    }

    private static List<String> wanted(Ask ask) {
        return ask.actions().isEmpty() ? ask.target().defaultActions() : ask.actions();
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
