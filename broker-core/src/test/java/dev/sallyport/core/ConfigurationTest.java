package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    private static final String ISSUER = "https://broker.example";

    @Test
    void two_targets_that_differ_only_in_spelling_are_refused() {
        assertField(
                "targets[1].resource",
                () -> targets(
                        target("a", "https://x.example/mcp", null), target("b", "HTTPS://X.example:443/mcp/", null)));
    }

    @Test
    void no_target_may_have_the_audience_of_another() {
        assertField(
                "targets[1].token.audience",
                () -> targets(
                        target("a", "https://x.example", null),
                        target("b", "https://y.example", "https://x.example/")));
        assertField(
                "targets[1].resource",
                () -> targets(
                        target("a", "https://y.example", "https://x.example"), target("b", "https://x.example", null)));
        assertField(
                "targets[1].token.audience",
                () -> targets(target("a", "https://x.example", "sts"), target("b", "https://y.example", "sts")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://broker.example",
                "https://broker.example/",
                "HTTPS://BROKER.example:443",
                "https://broker.example/v1",
                "https://broker.example/v1/",
                "https://broker.example/oauth2/token"
            })
    void no_target_may_stand_in_for_the_broker(String uri) {
        assertField("targets[0].resource", () -> targets(target("a", uri, null)).checkApartFrom(ISSUER));
        assertField(
                "targets[0].token.audience",
                () -> targets(target("a", "https://x.example", uri)).checkApartFrom(ISSUER));
    }

    @Test
    void a_target_beside_the_broker_on_its_host_is_fine() {
        targets(target("a", "https://broker.example/mcp", null)).checkApartFrom(ISSUER);
    }

    @Test
    void no_target_may_have_the_audience_of_a_trust_provider() {
        TrustProvider provider = new TrustProvider(
                "ci",
                "oidc",
                "https://ci.example",
                List.of("https://x.example"),
                TrustProvider.Keys.discovered(),
                Map.of(),
                List.of());
        Configuration configuration = new Configuration(
                List.of(provider), List.of(), List.of(target("a", "https://x.example/", null)), List.of());

        assertField("targets[0].resource", () -> configuration.checkApartFrom(ISSUER));
    }

    @Test
    void the_name_of_the_brokers_own_api_is_taken() {
        assertField(
                "targets[0].name",
                () -> targets(target("sallyport", "https://x.example", null)).checkApartFrom(ISSUER));
    }

    @Test
    void two_documents_of_one_name_are_refused() {
        assertField(
                "targets",
                () -> targets(target("a", "https://x.example", null), target("a", "https://y.example", null)));
    }

    @Test
    void the_claims_that_bindings_mention_are_those_in_use() {
        Agent agent = new Agent(
                "bot",
                Agent.Kind.WORKLOAD,
                null,
                Map.of(),
                null,
                List.of(new Binding("ci", Map.of("b", "1", "a", "2"))));
        TrustProvider provider = new TrustProvider(
                "ci", "oidc", "https://ci.example", List.of(), TrustProvider.Keys.discovered(), Map.of(), List.of());
        Configuration configuration = new Configuration(List.of(provider), List.of(agent), List.of(), List.of());

        assertThat(configuration.claimsInUse("ci")).containsExactly("a", "b");
        assertThat(configuration.claimsInUse("other")).isEmpty();
    }

    private static void assertField(String field, Runnable mistake) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(mistake::run)
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo(field));
    }

    private static Configuration targets(Target... targets) {
        return new Configuration(List.of(), List.of(), List.of(targets), List.of());
    }

    private static Target target(String name, String resource, @Nullable String audience) {
        TokenRules rules = new TokenRules(Duration.ofMinutes(5), "ES256", Proof.NONE, audience);
        return new Target(name, resource, Target.Kind.API, List.of("a"), List.of(), rules, List.of());
    }
}
