package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What anyone may read, and what nobody may. */
class PublicEndpointsTest {

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, "agents: []");
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"})
    void discovery_lists_what_works_and_no_more(String path) {
        Answer answer = broker.send(broker.request(path));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.http().headers().firstValue("Cache-Control")).contains("max-age=300");
        assertThat(answer.body())
                .containsEntry("issuer", broker.issuer())
                .containsEntry("token_endpoint", broker.issuer() + "/oauth2/token")
                .containsEntry("jwks_uri", broker.issuer() + "/oauth2/jwks")
                .containsEntry(
                        "grant_types_supported",
                        List.of(RunningBroker.JWT_BEARER, "client_credentials", TokenExchangeTest.GRANT))
                .containsEntry("authorization_details_types_supported", List.of("mcp_tool"))
                .containsEntry(
                        "token_endpoint_auth_methods_supported", List.of("none", "private_key_jwt", "spiffe_jwt"))
                .containsEntry(
                        "token_endpoint_auth_signing_alg_values_supported",
                        List.of(
                                "ES256", "ES384", "ES512", "Ed25519", "EdDSA", "PS256", "PS384", "PS512", "RS256",
                                "RS384", "RS512"))
                .containsEntry("response_types_supported", List.of("code"))
                .containsEntry("code_challenge_methods_supported", List.of("S256"));
    }

    @Test
    void the_api_says_who_issues_its_tokens_and_for_which_scopes() {
        Answer answer = broker.send(broker.request("/.well-known/oauth-protected-resource/v1"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.http().headers().firstValue("Cache-Control")).contains("max-age=300");
        assertThat(answer.body())
                .containsOnlyKeys(
                        "resource",
                        "authorization_servers",
                        "scopes_supported",
                        "bearer_methods_supported",
                        "resource_name")
                .containsEntry("resource", broker.issuer() + "/v1")
                .containsEntry("authorization_servers", List.of(broker.issuer()))
                .containsEntry("bearer_methods_supported", List.of("header"));
        assertThat(answer.body().get("scopes_supported"))
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .contains("policy:write", "audit:read");
    }

    @Test
    void the_authorization_endpoint_always_refuses() {
        Answer answer = broker.send(broker.request("/oauth2/authorize?response_type=code&client_id=x"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("unauthorized_client");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/agents", "/v1/configuration"})
    void the_admin_api_is_closed_to_whoever_has_no_token(String path) {
        Answer answer = broker.send(broker.request(path));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.http().headers().firstValue("WWW-Authenticate"))
                .contains(
                        "Bearer resource_metadata=\"" + broker.issuer() + "/.well-known/oauth-protected-resource/v1\"");
    }

    @Test
    void what_does_not_exist_is_a_problem_document() {
        Answer answer = broker.send(broker.request("/nowhere"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.http().headers().firstValue("Content-Type")).contains("application/problem+json");
    }
}
