package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who can be bound to which trust provider, and by what. */
class PeopleTest {

    private static final TrustProvider PEOPLE = provider("people", "workforce", List.of("sallyport-admin"));
    private static final TrustProvider CI = provider("ci", "github-actions", List.of());

    @Test
    void a_person_is_bound_by_subject_or_group() {
        for (Map<String, String> match : List.of(
                Map.of("sub", "alice-7"),
                Map.of("oid", "11111111-2222-3333-4444-555555555555"),
                Map.of("groups", "broker-admins"),
                Map.of("/realm_access/roles", "broker-admin", "acr", "phrh"),
                Map.of("email", "alice@acme.example", "email_verified", "true"))) {
            assertThatCode(() -> configuration(person("people", match)))
                    .as("%s", match)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void a_person_is_not_bound_by_an_address_that_nobody_verified() {
        refused("agents[0].bindings[0].match.email", Map.of("email", "alice@acme.example"));
        refused("agents[0].bindings[0].match.email", Map.of("email", "alice@acme.example", "email_verified", "false"));
        refused("agents[0].bindings[0].match.email", Map.of("email", "alice@acme.example", "sub", "alice-7"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"preferred_username", "upn", "unique_name", "name", "nickname", "phone_number"})
    void a_person_is_not_bound_by_what_changes_hands(String claim) {
        refused("agents[0].bindings[0].match." + claim, Map.of(claim, "alice"));
        refused("agents[0].bindings[0].match." + claim, Map.of(claim, "alice", "sub", "alice-7"));
    }

    @Test
    void a_person_is_not_bound_by_a_pattern_or_by_what_many_share() {
        refused("agents[0].bindings[0].match.groups", Map.of("groups", "admin*"));
        refused("agents[0].bindings[0].match", Map.of("hd", "acme.example"));
        refused("agents[0].bindings[0].match", Map.of("email_verified", "true"));
    }

    @Test
    void a_person_and_a_workload_never_share_a_trust_provider() {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> configuration(person("ci", Map.of("sub", "alice-7"))))
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo("agents[0].bindings[0].provider"));
        for (Agent.Kind kind : Agent.Kind.values()) {
            if (kind != Agent.Kind.HUMAN) {
                Agent agent = agent(kind, "people", Map.of("sub", "alice-7"));
                assertThatExceptionOfType(Invalid.class)
                        .isThrownBy(() -> configuration(agent))
                        .satisfies(invalid -> assertThat(invalid.field()).isEqualTo("agents[0].bindings[0].provider"));
            }
        }
    }

    @Test
    void the_client_of_people_is_no_audience_of_workloads() {
        TrustProvider both = provider("both", "oidc", List.of("acme-broker", "sallyport-admin"));

        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> new Configuration(List.of(both, PEOPLE), List.of(), List.of(), List.of()))
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo("trustProviders[0].audiences[1]"));
    }

    private static void refused(String field, Map<String, String> match) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> configuration(person("people", match)))
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo(field));
    }

    private static Configuration configuration(Agent agent) {
        return new Configuration(List.of(PEOPLE, CI), List.of(agent), List.of(), List.of());
    }

    private static Agent person(String provider, Map<String, String> match) {
        return agent(Agent.Kind.HUMAN, provider, match);
    }

    private static Agent agent(Agent.Kind kind, String provider, Map<String, String> match) {
        return new Agent("alice", kind, null, Map.of(), null, List.of(new Binding(provider, match)));
    }

    private static TrustProvider provider(String name, String type, List<String> audiences) {
        return new TrustProvider(
                name, type, null, audiences, Keys.discovered(), Map.of(), List.of("/realm_access/roles"));
    }
}
