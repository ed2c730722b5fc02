package dev.sallyport.core.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Suspensions;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    @Test
    void all_claims_of_a_binding_must_match() {
        Directory directory = directory(agent("bot", Map.of("repository_id", "1001", "ref", "refs/heads/*")));

        assertThat(directory.resolve(
                        proof("ci", Map.of("repository_id", one("1001"), "ref", one("refs/heads/x"))), null))
                .isInstanceOf(Agent.class);
        assertThat(directory.resolve(
                        proof("ci", Map.of("repository_id", one("1001"), "ref", one("refs/tags/x"))), null))
                .isInstanceOf(NoAgent.class);
        assertThat(directory.resolve(proof("ci", Map.of("ref", one("refs/heads/x"))), null))
                .isInstanceOf(NoAgent.class);
        assertThat(directory.resolve(proof("ci", Map.of()), null)).isInstanceOf(NoAgent.class);
    }

    @Test
    void a_binding_speaks_of_its_own_provider_only() {
        Directory directory = directory(agent("bot", Map.of("repository_id", "1001")));

        assertThat(directory.resolve(proof("other", Map.of("repository_id", one("1001"))), null))
                .isInstanceOf(NoAgent.class);
    }

    @Test
    void a_list_matches_if_any_element_does() {
        Directory directory = directory(agent("bot", Map.of("groups", "dev-*")));
        Claims.Value groups = new Claims.Many(List.of("ops", "dev-payments"));

        assertThat(directory.resolve(proof("ci", Map.of("groups", groups)), null))
                .isInstanceOf(Agent.class);
    }

    @Test
    void of_several_agents_client_id_names_one_by_name_or_spiffe_id() {
        Directory directory = directory(
                agent("reader", Map.of("repository_id", "1001")), agent("writer", Map.of("repository_id", "1001")));
        Attestation proof = proof("ci", Map.of("repository_id", one("1001")));

        assertThat(directory.resolve(proof, null)).isInstanceOf(NoAgent.class);
        assertThat(directory.resolve(proof, "writer"))
                .isInstanceOfSatisfying(
                        Agent.class, agent -> assertThat(agent.name()).isEqualTo("writer"));
        assertThat(directory.resolve(proof, "spiffe://broker.example/agent/reader"))
                .isInstanceOfSatisfying(
                        Agent.class, agent -> assertThat(agent.name()).isEqualTo("reader"));
    }

    @Test
    void the_proofs_own_subject_as_client_id_chooses_no_agent_in_particular() {
        Attestation proof = proof("ci", Map.of("repository_id", one("1001")));
        Agent reader = agent("reader", Map.of("repository_id", "1001"));

        assertThat(directory(reader).resolve(proof, "s")).isEqualTo(reader);
        assertThat(directory(reader, agent("writer", Map.of("repository_id", "1001")))
                        .resolve(proof, "s"))
                .isEqualTo(new NoAgent("several agents are bound to this workload; name one with client_id"));
        assertThat(directory(agent("other", Map.of("repository_id", "2002"))).resolve(proof, "s"))
                .isInstanceOf(NoAgent.class);
        assertThat(directory(reader).resolve(proof, "another subject")).isInstanceOf(NoAgent.class);
    }

    @Test
    void an_agent_that_is_called_like_the_proofs_subject_is_meant_by_that_name() {
        Agent named = agent("s", Map.of("repository_id", "1001"));
        Attestation proof = proof("ci", Map.of("repository_id", one("1001")));

        assertThat(directory(named, agent("writer", Map.of("repository_id", "1001")))
                        .resolve(proof, "s"))
                .isEqualTo(named);
    }

    @Test
    void client_id_never_widens() {
        Directory directory = directory(
                agent("reader", Map.of("repository_id", "1001")), agent("admin", Map.of("repository_id", "1")));

        assertThat(directory.resolve(proof("ci", Map.of("repository_id", one("1001"))), "admin"))
                .isInstanceOf(NoAgent.class);
    }

    @Test
    void an_agent_with_two_bindings_that_match_is_one_agent() {
        Agent agent = new Agent(
                "bot",
                Agent.Kind.WORKLOAD,
                null,
                Map.of(),
                null,
                List.of(
                        new Binding("ci", Map.of("repository_id", "1001")),
                        new Binding("ci", Map.of("ref", "refs/heads/main"))));
        Attestation proof = proof("ci", Map.of("repository_id", one("1001"), "ref", one("refs/heads/main")));

        assertThat(directory(agent).resolve(proof, null)).isEqualTo(agent);
    }

    @ParameterizedTest
    @CsvSource({
        "https://invoices.example/mcp, true",
        "https://invoices.example/mcp/, true",
        "HTTPS://Invoices.Example:443/mcp, true",
        "https://invoices.example/MCP, false",
        "https://invoices.example/mcp?x=1, false",
        "https://invoices.example/mcp#f, false",
        "https://invoices.example:8443/mcp, false",
        "http://invoices.example/mcp, false",
        "https://user@invoices.example/mcp, false",
        "/mcp, false",
        "invoices, false"
    })
    void a_resource_is_found_however_its_uri_is_spelt(String resource, boolean found) {
        assertThat(directory(agent("bot", Map.of("a", "b"))).target(List.of(resource)) instanceof Target)
                .isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "**"})
    void a_binding_of_a_lone_star_is_refused(String pattern) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> new Binding("ci", Map.of("sub", pattern)))
                .matches(invalid -> invalid.field().equals("match"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "-a", "a_b", "a.b", "a/../b", "ａ"})
    void names_that_are_not_plain_are_refused(String name) {
        assertThatExceptionOfType(Invalid.class).isThrownBy(() -> agent(name, Map.of("a", "b")));
    }

    private static Directory directory(Agent... agents) {
        Target target = new Target(
                "invoices",
                "https://invoices.example/mcp",
                Target.Kind.API,
                List.of("a"),
                List.of(),
                TokenRules.DEFAULT,
                List.of());
        return Directory.of("broker.example", List.of(agents), List.of(target), Suspensions.NONE);
    }

    private static Agent agent(String name, Map<String, String> match) {
        return new Agent(name, Agent.Kind.WORKLOAD, null, Map.of(), null, List.of(new Binding("ci", match)));
    }

    private static Claims.Value one(String text) {
        return new Claims.One(text);
    }

    private static Attestation proof(String provider, Map<String, Claims.Value> claims) {
        Provider ready = new Provider(
                provider,
                "oidc",
                "https://ci.example",
                evidence -> new Verdict.Verified("s", Claims.of(claims), NOW, NOW.plusSeconds(60), "d"));
        String jwt = encoded("{\"alg\":\"ES256\"}") + "." + encoded("{\"iss\":\"https://ci.example\"}") + ".AA";
        return (Attestation)
                Attestors.of(List.of(ready), Set.of(), InstantSource.fixed(NOW)).attest(Evidence.jwt(jwt));
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
