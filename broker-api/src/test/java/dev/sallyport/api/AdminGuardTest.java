package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the admin API of a strict broker answers what it does not take. */
class AdminGuardTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: root, kind: workload, bindings: [ { provider: ci, match: { sub: root } } ] }
            policies:
              - { name: admins, effect: allow, agents: [ { name: root } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    @RegisterExtension
    static final Served SERVED = Served.with(BUNDLE, "--sallyport.dpop-for-writes=true");

    private final DpopKey key = DpopKey.generate();

    @Test
    void a_bearer_token_reads_and_changes_nothing() {
        String token = SERVED.token("sub", "root", "directory:read revocation:write introspect");
        assertThat(send("GET", "/v1/agents", token).status()).isEqualTo(200);

        for (String path : List.of("/v1/agents/root/suspend", "/v1/agents/root/%73uspend")) {
            Answer refused = send("POST", path, token);
            assertThat(refused.status()).as(path).isEqualTo(401);
            assertThat(refused.http().headers().firstValue("WWW-Authenticate"))
                    .as(path)
                    .hasValueSatisfying(challenge -> assertThat(challenge)
                            .startsWith("DPoP error=\"invalid_token\"")
                            .contains("algs=\"", "resource_metadata=\""));
        }
        assertThat(send("GET", "/v1/agents/root", token).body()).containsEntry("status", "active");
        Answer introspected = SERVED.broker()
                .send(SERVED.broker()
                        .request("/oauth2/introspect")
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(RunningBroker.form("token", token))));
        assertThat(introspected.body()).containsEntry("active", true);
    }

    @Test
    void a_bound_token_with_a_proof_changes_what_its_scopes_allow() {
        Answer issued = SERVED.broker()
                .send(SERVED.broker()
                        .request("/oauth2/token")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("DPoP", key.proof("POST", SERVED.issuer() + "/oauth2/token"))
                        .POST(BodyPublishers.ofString(form("directory:read system:write"))));
        String token = String.valueOf(issued.body().get("access_token"));
        String path = "/v1/agents/root/resume";

        Answer written = SERVED.broker()
                .send(SERVED.broker()
                        .request(path)
                        .header("Authorization", "DPoP " + token)
                        .header("DPoP", key.proofWith(token, "POST", SERVED.issuer() + path))
                        .POST(BodyPublishers.noBody()));

        assertThat(written.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/", "/v1/absent", "/v1/agents/root/absent", "/v1/policies/a/b/c"})
    void an_unknown_path_is_a_problem_document_for_whoever_has_a_token(String path) {
        Answer answer = send("GET", path, SERVED.token("sub", "root", "directory:read"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).containsEntry("type", "https://sallyport.dev/problems/not-found");
        assertThat(SERVED.broker().send(SERVED.broker().request(path)).status()).isEqualTo(401);
    }

    @Test
    void a_method_that_a_path_does_not_have_is_told_which_ones_it_has() {
        String token = SERVED.token("sub", "root", "directory:read");

        Answer list = send("OPTIONS", "/v1/agents/root/suspend", token);
        assertThat(list.status()).isEqualTo(405);
        assertThat(list.http().headers().firstValue("Allow")).contains("POST");
        Answer one = send("OPTIONS", "/v1/agents/absent", token);
        assertThat(one.status()).isEqualTo(405);
        assertThat(one.http().headers().firstValue("Allow")).contains("GET, PUT, DELETE");
        assertThat(one.body()).containsEntry("type", "https://sallyport.dev/problems/method-not-allowed");
        assertThat(SERVED.broker()
                        .send(SERVED.broker().request("/v1/agents/absent").method("OPTIONS", BodyPublishers.noBody()))
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "absent"})
    void without_the_scope_nobody_learns_what_there_is(String name) {
        String token = SERVED.token("sub", "root", "audit:read");

        for (String path : List.of("/v1/agents/", "/v1/policies/", "/v1/targets/", "/v1/trust-providers/")) {
            assertThat(send("GET", path + name, token).status()).as(path).isEqualTo(403);
        }
    }

    private static String form(String scope) {
        return RunningBroker.form(
                "grant_type",
                RunningBroker.JWT_BEARER,
                "assertion",
                SERVED.evidence("sub", "root"),
                "resource",
                SERVED.issuer() + "/v1",
                "scope",
                scope);
    }

    private static Answer send(String method, String path, String token) {
        HttpRequest.Builder request = SERVED.api(path, token);
        return SERVED.broker().send(request.method(method, BodyPublishers.noBody()));
    }
}
