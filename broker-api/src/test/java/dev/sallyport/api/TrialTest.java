package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Evidence that an admin tries on a trust provider. */
class TrialTest {

    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
              - { name: dead, type: oidc, issuer: "https://dead.example", keys: { jwksUri: "http://localhost:1/jwks" } }
              - { name: unloved, type: oidc, issuer: "@platform@/2", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: root, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
              - { name: reader, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9001" } } ] }
            policies:
              - { name: admins, effect: allow, agents: [ { name: root } ], targets: [ sallyport ], actions: [ "*" ] }
              - name: readers
                effect: allow
                agents: [ { name: reader } ]
                targets: [ sallyport ]
                actions: [ "directory:read", "directory:write", "policy:write", "audit:read", "revocation:write" ]
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void evidence_that_would_be_accepted_is_shown_as_what_it_proves() {
        Answer answer = test("ci", platform.token("acme-broker", claims -> {}), null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .containsEntry("accepted", true)
                .containsEntry("check", null)
                .containsEntry("detail", null);
        assertThat((Map<?, ?>) answer.body().get("attestation")).satisfies(attestation -> {
            assertThat(attestation.get("provider")).isEqualTo("ci");
            assertThat(attestation.get("type")).isEqualTo("github-actions");
            assertThat(attestation.get("subject")).isEqualTo("repo:acme/invoice-bot:ref:refs/heads/main");
            assertThat((Map<?, ?>) attestation.get("claims"))
                    .extracting("repository_id")
                    .isEqualTo("1001");
        });
    }

    static Stream<Arguments> spoiled() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                spoiled("issuer", claims -> claims.put("iss", "https://other.example")),
                spoiled("audience", claims -> claims.put("aud", "https://other.example")),
                spoiled("expiry", claims -> claims.put("exp", now - 1)),
                spoiled("not_before", claims -> claims.put("nbf", now + 600)),
                spoiled("issued_at", claims -> claims.put("iat", now + 200)),
                spoiled("subject", claims -> claims.remove("sub")),
                spoiled("pin", claims -> claims.put("repository_owner_id", "4243")),
                spoiled("claims", claims -> claims.put("ref", "x".repeat(5000))));
    }

    @ParameterizedTest
    @MethodSource("spoiled")
    void the_check_that_fails_is_named(String check, Consumer<Map<String, Object>> change) {
        assertRejected(test("ci", platform.token("acme-broker", change), null), check);
    }

    @Test
    void checks_of_header_key_and_signature_are_named_too() {
        String claims = payload(platform.token("acme-broker", any -> {}));
        assertRejected(test("ci", "no.jwt", null), "format");
        assertRejected(test("ci", platform.sign(platform.header(Map.of("typ", "at+jwt")), claims), null), "type");
        assertRejected(test("ci", platform.sign(platform.header(Map.of("alg", "HS256")), claims), null), "algorithm");
        assertRejected(test("ci", platform.sign(platform.header(Map.of("alg", "none")), claims), null), "algorithm");
        assertRejected(test("ci", platform.sign(platform.header(Map.of("kid", "nobody")), claims), null), "key");
        String good = platform.token("acme-broker", any -> {});
        assertRejected(test("ci", good.substring(0, good.lastIndexOf('.') + 1) + "AAAA", null), "signature");
        assertRejected(test("dead", platform.token("x", any -> any.put("iss", "https://dead.example")), null), "key");
        assertRejected(test("ci", Map.of("pkcs7", "MIIB"), null), "format");
    }

    @Test
    void another_time_counts_for_the_trial_and_for_nothing_else() {
        Instant then = Instant.parse("2026-02-16T00:39:00Z");
        String old = platform.token("acme-broker", claims -> {
            claims.put("iat", then.getEpochSecond() - 10);
            claims.put("exp", then.getEpochSecond() + 290);
        });

        assertThat(test("ci", old, "2026-02-16T00:39:00Z").body()).containsEntry("accepted", true);
        assertRejected(test("ci", old, "2026-02-16T00:44:00Z"), "expiry");
        assertRejected(test("ci", old, null), "expiry");
        assertThat(broker.exchange(old).error()).isEqualTo("invalid_grant");
    }

    @Test
    void a_suspended_trust_provider_vouches_for_nobody() {
        String token = platform.token(broker.issuer(), claims -> claims.put("iss", platform.url() + "/2"));
        assertThat(test("unloved", token, null).body()).containsEntry("accepted", true);

        Answer suspended = post("/v1/trust-providers/unloved/suspend", admin(), "{\"reason\":\"a test\"}");

        assertThat(suspended.status()).isEqualTo(200);
        assertRejected(test("unloved", token, null), "provider");
    }

    @Test
    void the_log_says_who_tried_what_and_holds_nothing_of_it() {
        String token = platform.token("acme-broker", claims -> claims.put("repository_owner_id", "a-secret"));
        test("ci", token, "2026-02-16T00:39:00Z");

        Map<String, Object> entry = last("trial");
        assertThat(entry)
                .containsEntry("author", "root")
                .containsEntry("provider", "ci")
                .containsEntry("check", "issued_at")
                .containsEntry("at", "2026-02-16T00:39:00Z")
                .containsKeys("token", "digest", "replica");
        assertThat((Map<?, ?>) entry.get("leaf")).extracting("outcome").isEqualTo("rejected");
        assertThat(entry.toString())
                .doesNotContain("a-secret")
                .doesNotContain(token.substring(token.indexOf('.') + 1, token.lastIndexOf('.')));

        String good = platform.token("acme-broker", claims -> claims.put("repository_id", "9000"));
        test("ci", good, null);
        assertThat((Map<?, ?>) last("trial").get("leaf")).extracting("outcome").isEqualTo("accepted");
        String digest = String.valueOf(last("trial").get("digest"));
        broker.exchange(good, "resource", broker.issuer() + "/v1", "scope", "directory:read");
        assertThat((Map<?, ?>) broker.attempts().getLast().get("attestation"))
                .extracting("digest")
                .isEqualTo(digest);
    }

    @Test
    void only_who_may_write_trust_providers_may_try() {
        Answer refused = post(
                "/v1/trust-providers/ci/test",
                token("9001", "directory:read directory:write policy:write audit:read revocation:write"),
                "{\"evidence\":\"x\"}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(broker.send(broker.request("/v1/trust-providers/ci/test").POST(BodyPublishers.ofString("{}")))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void an_unknown_trust_provider_is_not_found_and_a_large_body_is_not_read() {
        assertThat(test("nobody", "x", null).status()).isEqualTo(404);
        assertThat(test("ci", "x".repeat(64 * 1024), null).status()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"evidence\":null}",
                "{\"evidence\":7}",
                "{\"evidence\":[\"x\"]}",
                "{\"evidence\":\"x\",\"at\":\"yesterday\"}",
                "{\"evidence\":\"x\",\"at\":\"1969-12-31T23:59:59Z\"}",
                "{\"evidence\":\"x\",\"at\":\"+10000-01-01T00:00:00Z\"}",
                "{\"evidence\":\"x\",\"issuer\":\"https://evil.example\"}",
                "[]",
                "{"
            })
    void a_body_of_another_shape_is_refused(String body) {
        assertThat(post("/v1/trust-providers/ci/test", admin(), body).status()).isEqualTo(422);
    }

    private static Arguments spoiled(String check, Consumer<Map<String, Object>> change) {
        return Arguments.of(check, change);
    }

    private static void assertRejected(Answer answer, String check) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .containsEntry("accepted", false)
                .containsEntry("check", check)
                .containsEntry("attestation", null);
        assertThat(answer.body().get("detail")).asString().isNotBlank();
    }

    private static String payload(String token) {
        return new Base64URL(token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'))).decodeToString();
    }

    private static Map<String, Object> last(String type) {
        List<Map<String, Object>> trials = broker.entries().stream()
                .filter(entry -> entry.get("leaf") instanceof Map<?, ?> leaf && type.equals(leaf.get("type")))
                .toList();
        return trials.getLast();
    }

    private static Answer test(String provider, Object evidence, @Nullable String at) {
        Map<String, Object> body = new LinkedHashMap<>(Map.of("evidence", evidence));
        if (at != null) {
            body.put("at", at);
        }
        return post("/v1/trust-providers/" + provider + "/test", admin(), JSONObjectUtils.toJSONString(body));
    }

    private static Answer post(String path, String token, String body) {
        return broker.send(broker.request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.ofString(body)));
    }

    private static String admin() {
        return token("9000", "system:write");
    }

    private static String token(String repository, String scope) {
        Answer answer = broker.exchange(
                platform.token("acme-broker", claims -> claims.put("repository_id", repository)),
                "resource",
                broker.issuer() + "/v1",
                "scope",
                scope);
        return String.valueOf(answer.body().get("access_token"));
    }
}
