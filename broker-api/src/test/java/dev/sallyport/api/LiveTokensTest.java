package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.form;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.store.Author;
import dev.sallyport.store.PostgresStore;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Introspection and revocation, asked over HTTP. */
class LiveTokensTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: gateway, kind: workload, bindings: [ { provider: ci, match: { repository_id: "2001" } } ] }
              - { name: stranger, kind: workload, bindings: [ { provider: ci, match: { repository_id: "3001" } } ] }
              - { name: seer, kind: workload, bindings: [ { provider: ci, match: { repository_id: "4001" } } ] }
              - { name: admin, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: api
                actions: [ read, write ]
                defaultActions: [ read ]
                servers: [ gateway ]
              - { name: ledger, resource: https://ledger.example, kind: api, actions: [ read ], defaultActions: [ read ] }
            policies:
              - { name: all-read, effect: allow, agents: [ { name: bot } ], targets: [ invoices, ledger ], actions: [ read ] }
              - name: seer-sees-from-its-place
                effect: allow
                agents: [ { name: seer } ]
                targets: [ sallyport ]
                actions: [ introspect ]
                when: request.ip == "203.0.113.9"
              - { name: admin, effect: allow, agents: [ { name: admin } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    String admin;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE, List.of("--sallyport.trusted-proxy=127.0.0.1,::1"));
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @BeforeEach
    void begin() {
        admin = token(
                "9000",
                broker.issuer() + "/v1",
                "introspect revocation:write directory:write policy:write"
                        + " system:write directory:read policy:read");
        configure(BUNDLE);
    }

    @Test
    void an_active_token_is_shown_with_its_own_claims() throws Exception {
        String token = token();

        Answer answer = introspect(token, admin);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.http().headers().firstValue("Cache-Control")).contains("no-store");
        Map<String, Object> claims = SignedJWT.parse(token).getPayload().toJSONObject();
        assertThat(answer.body())
                .containsAllEntriesOf(claims)
                .containsEntry("active", true)
                .containsEntry("token_type", "Bearer")
                .hasSize(claims.size() + 2);
    }

    @ParameterizedTest
    @CsvSource({"/v1/agents/bot", "/v1/targets/invoices"})
    void a_token_is_dead_while_its_agent_or_target_is_suspended(String path) {
        String token = token();
        assertThat(active(token)).isTrue();

        assertThat(post(path + "/suspend", "{\"reason\": \"test\"}").status()).isEqualTo(200);
        assertThat(active(token)).isFalse();
        assertThat(post(path + "/resume", "{}").status()).isEqualTo(200);
        assertThat(active(token)).isTrue();
    }

    @Test
    void nobody_is_let_in_or_told_anything_by_a_suspended_trust_provider() {
        String token = token();
        assertThat(post("/v1/trust-providers/ci/suspend", "{\"reason\": \"test\"}")
                        .status())
                .isEqualTo(200);

        assertThat(introspect(token, admin).status()).isEqualTo(401);
        assertThat(asClient("2001", token).status()).isEqualTo(401);

        PostgresStore store = broker.context().getBean(PostgresStore.class);
        store.changes().resume("trust-provider", "ci", null, new Author("operator", null));
        broker.context().getBean(LiveState.class).fresh();
        assertThat(active(token)).isTrue();
    }

    @Test
    void a_token_is_dead_once_no_policy_permits_it() {
        String token = token();
        String policy = "/v1/policies/all-read";
        HttpRequest.Builder delete = broker.request(policy).header("If-Match", etag(policy));
        assertThat(send(delete, admin, "DELETE", "").status()).isEqualTo(204);

        assertThat(active(token)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"proof: dpop", "proof: mtls", "ttl: PT1S"})
    void a_policy_that_grants_less_now_takes_the_rest(String grant) {
        String token = token();
        assertThat(active(token)).isTrue();

        configure(BUNDLE.replace(
                "actions: [ read ] }\n  - name: seer",
                "actions: [ read ], grant: { " + grant + " } }\n  - name: seer"));

        await().untilAsserted(() -> assertThat(active(token)).isFalse());
    }

    @Test
    void a_server_sees_the_tokens_of_its_target_and_of_no_other() {
        assertThat(introspectAsServer(token()).body()).containsEntry("active", true);
        assertThat(introspectAsServer(token("1001", "https://ledger.example", "read"))
                        .body())
                .containsOnly(Map.entry("active", false));
        assertThat(asClient("3001", token()).body()).containsOnly(Map.entry("active", false));
    }

    @Test
    void policy_lets_one_see_all_by_evidence_from_the_address_that_a_trusted_proxy_tells() {
        HttpRequest.Builder there = asking("4001", token()).header("X-Forwarded-For", "203.0.113.9");
        HttpRequest.Builder elsewhere = asking("4001", token()).header("X-Forwarded-For", "203.0.113.10");
        HttpRequest.Builder nowhere = asking("4001", token()).header("X-Forwarded-For", "nowhere");

        assertThat(broker.send(there).body()).containsEntry("active", true);
        assertThat(broker.send(elsewhere).body()).containsOnly(Map.entry("active", false));
        assertThat(broker.send(nowhere).body()).containsOnly(Map.entry("active", false));
    }

    @Test
    void nobody_asks_without_showing_who_he_is() {
        Answer nobody = broker.send(form("/oauth2/introspect", "token", token()));
        Answer forged = introspect(token(), "a.b.c");
        Answer other = introspect(token(), token());
        Answer unknown = asClient("7777", token());

        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.error()).isEqualTo("invalid_client");
        assertThat(forged.status()).isEqualTo(401);
        assertThat(forged.error()).isEqualTo("invalid_token");
        assertThat(other.status()).isEqualTo(401);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.error()).isEqualTo("invalid_client");
    }

    @ParameterizedTest
    @CsvSource({"x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."})
    void what_is_no_token_is_not_active(String token) {
        assertThat(introspect(token, admin).body()).containsOnly(Map.entry("active", false));
    }

    @Test
    void a_token_with_another_signature_of_the_same_claims_is_not_the_one_in_the_log() {
        String token = token();
        String altered = token.substring(0, token.lastIndexOf('.') + 1) + Base64URL.encode(new byte[64]);

        assertThat(active(altered)).isFalse();
        assertThat(active(token)).isTrue();
    }

    @Test
    void a_malformed_question_is_an_invalid_request() {
        HttpRequest.Builder none = form("/oauth2/introspect", "token_type_hint", "access_token");
        assertThat(send(none, admin).error()).isEqualTo("invalid_request");
        HttpRequest.Builder twice = form("/oauth2/introspect", "token", "a", "token", "b");
        assertThat(send(twice, admin).error()).isEqualTo("invalid_request");
        Answer get = broker.send(broker.request("/oauth2/introspect"));
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.http().headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void an_answer_is_signed_where_that_is_asked_for() throws Exception {
        String token = token();
        HttpRequest.Builder request =
                form("/oauth2/introspect", "token", token).header("Accept", "application/token-introspection+jwt");

        Answer answer = send(request, admin);

        assertThat(answer.http().headers().firstValue("Content-Type")).contains("application/token-introspection+jwt");
        SignedJWT signed = SignedJWT.parse(answer.http().body());
        assertThat(signed.getHeader().getType().toString()).isEqualTo("token-introspection+jwt");
        JWKSet jwks =
                JWKSet.parse(broker.send(broker.request("/oauth2/jwks")).http().body());
        assertThat(signed.verify(new ECDSAVerifier(
                        jwks.getKeyByKeyId(signed.getHeader().getKeyID()).toECKey())))
                .isTrue();
        Map<String, Object> claims = signed.getPayload().toJSONObject();
        assertThat(claims).containsEntry("iss", broker.issuer()).containsEntry("aud", "admin");
        assertThat((Map<?, ?>) claims.get("token_introspection"))
                .extracting("active", "client_id")
                .containsExactly(true, "bot");
        assertThat(broker.exchange(answer.http().body()).error()).isEqualTo("invalid_grant");
    }

    @Test
    void whoever_holds_a_token_can_end_it_and_only_it() {
        String token = token();
        String other = token();

        for (int i = 0; i < 2; i++) {
            Answer answer = broker.send(form("/oauth2/revoke", "token", token, "token_type_hint", "access_token"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.http().body()).isEmpty();
        }

        assertThat(active(token)).isFalse();
        assertThat(active(other)).isTrue();
        assertThat(broker.entries().stream()
                        .filter(each -> each.containsKey("jti") && "holder".equals(each.get("author"))))
                .hasSizeGreaterThanOrEqualTo(1)
                .noneMatch(each -> each.toString().contains(token));
        assertThat(broker.send(form("/oauth2/revoke", "token", "no.such.token")).status())
                .isEqualTo(200);
        assertThat(broker.send(form("/oauth2/revoke", "x", "y")).error()).isEqualTo("invalid_request");
    }

    @Test
    void an_admins_own_token_that_is_revoked_lets_nobody_in() {
        String second = token("9000", broker.issuer() + "/v1", "directory:read");
        assertThat(send(broker.request("/v1/agents"), second, "GET", "").status())
                .isEqualTo(200);

        broker.send(form("/oauth2/revoke", "token", second));

        Answer answer = send(broker.request("/v1/agents"), second, "GET", "");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.http().headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("invalid_token", "revoked");
    }

    @ParameterizedTest
    @CsvSource({"agent, bot", "target, invoices", "provider, ci"})
    void all_tokens_of_somebody_end_and_later_ones_count(String kind, String name) {
        String before = token();
        assertThat(active(before)).isTrue();

        Answer answer = post("/v1/revocations", "{\"" + kind + "\": \"" + name + "\", \"reason\": \"leaked\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry(kind, name).containsKey("index");
        begin();
        assertThat(active(before)).isFalse();
        assertThat(active(token())).isTrue();
    }

    @Test
    void one_token_is_revoked_by_its_jti() throws Exception {
        String token = token();
        String jti = SignedJWT.parse(token).getJWTClaimsSet().getJWTID();

        Answer first = post("/v1/revocations", "{\"jti\": \"" + jti + "\", \"reason\": \"leaked\"}");
        Answer again = post("/v1/revocations", "{\"jti\": \"" + jti + "\"}");

        assertThat(first.body()).containsEntry("jti", jti).containsKeys("index", "expires");
        assertThat(again.body()).containsEntry("index", first.body().get("index"));
        assertThat(active(token)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 422",
                "{\"jti\": \"x\"} | 422",
                "{\"agent\": \"bot\", \"target\": \"invoices\"} | 422",
                "{\"agent\": \"bot\", \"until\": 5} | 422",
                "{\"jti\": \"00000000-0000-7000-8000-000000000000\"} | 404",
                "{\"agent\": \"nobody\"} | 404",
                "[] | 422",
                "{ | 422"
            })
    void a_bad_revocation_is_refused(String body, int status) {
        assertThat(post("/v1/revocations", body).status()).isEqualTo(status);
    }

    @Test
    void revoking_needs_its_scope() {
        String reader = token("9000", broker.issuer() + "/v1", "directory:read");
        HttpRequest.Builder request = broker.request("/v1/revocations").header("Content-Type", "application/json");

        assertThat(send(request, reader, "POST", "{\"agent\": \"bot\"}").status())
                .isEqualTo(403);
    }

    private boolean active(String token) {
        return Boolean.TRUE.equals(introspect(token, admin).body().get("active"));
    }

    private Answer introspect(String token, String bearer) {
        return send(form("/oauth2/introspect", "token", token), bearer);
    }

    private Answer introspectAsServer(String token) {
        return asClient("2001", token);
    }

    private static Answer asClient(String repository, String token) {
        return broker.send(asking(repository, token));
    }

    private static HttpRequest.Builder asking(String repository, String token) {
        return form(
                "/oauth2/introspect",
                "token",
                token,
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion",
                evidence(repository));
    }

    private static HttpRequest.Builder form(String path, String... namesAndValues) {
        return broker.request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(RunningBroker.form(namesAndValues)));
    }

    private void configure(String bundle) {
        HttpRequest.Builder request = broker.request("/v1/configuration").header("Content-Type", "application/yaml");
        assertThat(send(request, admin, "PUT", bundle.replace("@platform@", platform.url()))
                        .status())
                .isEqualTo(200);
    }

    private Answer post(String path, String body) {
        return send(broker.request(path).header("Content-Type", "application/json"), admin, "POST", body);
    }

    private String etag(String path) {
        return send(broker.request(path), admin, "GET", "")
                .http()
                .headers()
                .firstValue("ETag")
                .orElseThrow();
    }

    private static Answer send(HttpRequest.Builder request, String token) {
        return broker.send(request.header("Authorization", "Bearer " + token));
    }

    private static Answer send(HttpRequest.Builder request, String token, String method, String body) {
        return send(
                request.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)),
                token);
    }

    private static String token() {
        return token("1001", INVOICES, "read");
    }

    private static String token(String repository, String resource, String scope) {
        Answer answer = broker.exchange(evidence(repository), "resource", resource, "scope", scope);
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static String evidence(String repository) {
        return platform.token(broker.issuer(), claims -> claims.put("repository_id", repository));
    }

    @Test
    void the_metadata_tells_of_both() {
        assertThat(broker.send(broker.request("/.well-known/oauth-authorization-server"))
                        .body())
                .containsEntry("introspection_endpoint", broker.issuer() + "/oauth2/introspect")
                .containsEntry("revocation_endpoint", broker.issuer() + "/oauth2/revoke")
                .containsEntry("revocation_endpoint_auth_methods_supported", List.of("none"));
    }
}
