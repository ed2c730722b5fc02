package dev.sallyport.policy;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Policy.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Agents, targets and questions for tests. */
final class TestAsks {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private TestAsks() {}

    static Agent agent(String name, Agent.Kind kind, Map<String, String> labels) {
        return new Agent(name, kind, null, labels, null, List.of(new Binding("ci", Map.of("sub", name))));
    }

    static Target target(String name, List<String> actions, List<String> defaultActions) {
        return new Target(
                name,
                "https://" + name + ".example",
                Target.Kind.API,
                actions,
                defaultActions,
                TokenRules.DEFAULT,
                List.of());
    }

    /** A selector with any of its parts. */
    @SuppressWarnings("NullAway") // Of a record of another module it does not see that the kind may be null.
    static Selector selector(@Nullable String name, Agent.@Nullable Kind kind, Map<String, String> labels) {
        return new Selector(name, kind, labels);
    }

    static Ask ask(Agent agent, Target target, List<String> actions) {
        return ask(agent, proof(Claims.NONE), target, actions);
    }

    static Ask ask(Agent agent, Attestation proof, Target target, List<String> actions) {
        return new Ask(agent, proof, target, actions, List.of(), new Ask.Facts(NOW, "192.0.2.7"));
    }

    static Attestation proof(Claims claims) {
        return proof("github-actions", claims);
    }

    static Attestation proof(String type, Claims claims) {
        Provider provider = new Provider(
                "ci",
                type,
                "https://ci.example",
                evidence -> new Verdict.Verified("s", claims, NOW.minusSeconds(5), NOW.plusSeconds(600), "d1"));
        String jwt = encoded("{\"alg\":\"ES256\"}") + "." + encoded("{\"iss\":\"https://ci.example\"}") + ".AA";
        return (Attestation) Attestors.of(List.of(provider), Set.of(), InstantSource.fixed(NOW))
                .attest(Evidence.jwt(jwt));
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
