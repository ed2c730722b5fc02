package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.security.CrossOrigin;
import dev.sallyport.core.Invalid;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How fast one may call, from which pages, and what every answer tells a browser. */
class AdminPaceTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: root, kind: workload, bindings: [ { provider: ci, match: { sub: root } } ] }
              - { name: hasty, kind: workload, bindings: [ { provider: ci, match: { sub: hasty } } ] }
            policies:
              - { name: admins, effect: allow, agents: [ { name: "*" } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    @RegisterExtension
    static final Served SERVED =
            Served.with(BUNDLE, "--sallyport.calls-per-caller=1", "--sallyport.cors-origin=https://console.example");

    @Test
    void a_hasty_caller_is_slowed_down_and_others_are_not() {
        String hasty = SERVED.token("sub", "hasty", "directory:read");
        Answer last = SERVED.get("/v1/agents", hasty);
        for (int i = 0; i < 40 && last.status() == 200; i++) {
            last = SERVED.get("/v1/agents", hasty);
        }

        assertThat(last.status()).isEqualTo(429);
        assertThat(last.body()).containsEntry("type", "https://sallyport.dev/problems/slow-down");
        assertThat(last.http().headers().firstValue("Retry-After")).contains("1");
        assertThat(SERVED.get("/v1/agents", SERVED.token("sub", "root", "directory:read"))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/agents", "/v1/openapi", "/oauth2/jwks", "/oauth2/token", "/log/checkpoint", "/absent"})
    void every_answer_tells_browsers_to_be_careful(String path) {
        assertThat(SERVED.broker()
                        .sendUnchecked(SERVED.broker().request(path))
                        .http()
                        .headers()
                        .map())
                .containsEntry("X-Content-Type-Options", List.of("nosniff"))
                .containsEntry("Content-Security-Policy", List.of("default-src 'none'; frame-ancestors 'none'"))
                .containsEntry("Referrer-Policy", List.of("no-referrer"))
                .doesNotContainKey("Access-Control-Allow-Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/agents", "/oauth2/token"})
    void pages_of_a_listed_origin_may_call_and_no_others(String path) {
        Answer listed = preflight(path, "https://console.example");
        assertThat(listed.status()).isEqualTo(200);
        assertThat(listed.http().headers().firstValue("Access-Control-Allow-Origin"))
                .contains("https://console.example");
        assertThat(listed.http().headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();

        Answer other = preflight(path, "https://evil.example");
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.http().headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*", "null", "console.example", "https://console.example/", "https://a@b.example", "ftp://a"})
    void what_is_no_origin_can_not_be_listed(String origin) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> CrossOrigin.filter(List.of(origin)))
                .matches(invalid -> invalid.field().equals("cors-origin"));
    }

    private static Answer preflight(String path, String origin) {
        return SERVED.broker()
                .sendUnchecked(SERVED.broker()
                        .request(path)
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "authorization")
                        .method("OPTIONS", BodyPublishers.noBody()));
    }
}
