package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.JWT_BEARER;
import static dev.sallyport.api.RunningBroker.form;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.core.Hash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The token endpoint, asked over HTTP as anyone would. */
class TokenEndpointTest {

    private static final String PAYROLL = "https://payroll.example";
    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
              - { name: slow, type: oidc, issuer: https://slow.example, keys: { jwksUri: "@platform@/hangs" } }
              - { name: private, type: oidc, issuer: https://private.example, keys: { jwksUri: "http://127.0.0.1:1/jwks" } }
            agents:
              - name: invoice-bot
                kind: workload
                labels: { team: billing }
                bindings: [ { provider: ci, match: { repository_id: "1001", ref: refs/heads/* } } ]
              - { name: twin-a, kind: workload, bindings: [ { provider: ci, match: { repository_id: "3003" } } ] }
              - { name: twin-b, kind: workload, bindings: [ { provider: ci, match: { repository_id: "3003" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write", "tools/call:*" ]
                defaultActions: [ "invoices:read" ]
              - { name: ledger, resource: https://ledger.example, kind: api, actions: [ "ledger:read" ] }
              - { name: payroll, resource: https://payroll.example, kind: api, actions: [ "payroll:read" ] }
            policies:
              - name: billing
                effect: allow
                agents: [ { labels: { team: billing } }, { name: "twin-*" } ]
                targets: [ invoices ]
                actions: [ "invoices:read", "tools/call:search_*" ]
              - name: main-writes
                effect: allow
                agents: [ { name: invoice-bot } ]
                targets: [ invoices ]
                actions: [ "invoices:write" ]
                when: attestation.claims.ref == "refs/heads/release" && request.time > timestamp("2026-01-01T00:00:00Z")
              - name: twice-a-minute
                effect: allow
                agents: [ { labels: { team: billing } } ]
                targets: [ payroll ]
                actions: [ "payroll:read" ]
                limit: { issuances: 2, per: PT1M }
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
    void a_policy_says_how_often_and_beyond_that_the_caller_is_told_when_to_come_back() {
        for (int i = 0; i < 2; i++) {
            assertThat(broker.exchange(good(), "resource", PAYROLL, "scope", "payroll:read")
                            .status())
                    .isEqualTo(200);
        }

        Answer answer = broker.exchange(good(), "resource", PAYROLL, "scope", "payroll:read");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.error()).isEqualTo("slow_down");
        assertThat(answer.http().headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 60L);
        assertThat(broker.attempts().getLast())
                .containsEntry("reason", "rate")
                .containsEntry("agent", "invoice-bot")
                .containsEntry("policies", List.of("twice-a-minute"));
        assertThat(broker.exchange(good(), "resource", INVOICES).status()).isEqualTo(200);
    }

    @Test
    void an_agent_gets_a_token_that_verifies_and_is_in_the_log() throws Exception {
        Answer answer = broker.exchange(good(), "resource", INVOICES, "scope", "invoices:read tools/call:search_docs");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.http().headers().map())
                .containsEntry("cache-control", List.of("no-store"))
                .containsEntry("content-type", List.of("application/json"));
        assertThat(answer.body())
                .containsOnlyKeys("access_token", "token_type", "expires_in", "scope")
                .containsEntry("token_type", "Bearer")
                .containsEntry("scope", "invoices:read tools/call:search_docs");
        String token = String.valueOf(answer.body().get("access_token"));
        SignedJWT jwt = SignedJWT.parse(token);
        JWKSet jwks =
                JWKSet.parse(broker.send(broker.request("/oauth2/jwks")).http().body());
        assertThat(jwks.containsNonPublicKeys()).isFalse();
        assertThat(jwt.verify(new ECDSAVerifier(
                        jwks.getKeyByKeyId(jwt.getHeader().getKeyID()).toECKey())))
                .isTrue();
        assertThat(jwt.getHeader().getType().toString()).isEqualTo("at+jwt");
        Map<String, Object> claims = jwt.getPayload().toJSONObject();
        assertThat(claims)
                .containsEntry("iss", broker.issuer())
                .containsEntry("sub", "spiffe://localhost/agent/invoice-bot")
                .containsEntry("aud", INVOICES);
        assertThat(answer.body())
                .hasEntrySatisfying(
                        "expires_in", seconds -> assertThat((Long) seconds).isBetween(290L, 300L));

        Map<String, Object> entry = broker.attempts().getLast();
        assertThat(entry).containsEntry("agent", "invoice-bot").containsEntry("policies", List.of("billing"));
        assertThat((Map<?, ?>) entry.get("leaf"))
                .extracting("jti", "token_sha256", "outcome")
                .containsExactly(
                        claims.get("jti"), Hash.hex(Hash.sha256(token.getBytes(StandardCharsets.US_ASCII))), "issued");
        assertThat(entry.toString()).doesNotContain(token.substring(token.lastIndexOf('.') + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/oauth2/token"})
    void the_issuer_with_or_without_a_slash_and_the_endpoint_are_audiences(String suffix) {
        assertThat(broker.exchange(platform.token(broker.issuer() + suffix, claims -> {}))
                        .status())
                .isEqualTo(200);
        assertThat(broker.exchange(platform.token("acme-broker", claims -> {})).status())
                .isEqualTo(200);
    }

    @Test
    void without_scope_the_default_actions_are_granted_and_named() {
        Answer answer = broker.exchange(good(), "resource", "https://INVOICES.example/mcp/");

        assertThat(answer.body()).containsEntry("scope", "invoices:read");
    }

    static Stream<Arguments> malformedForms() {
        String good = form("grant_type", JWT_BEARER, "assertion", good(), "resource", INVOICES);
        return Stream.of(
                Arguments.of("nothing at all", "", "grant_type"),
                Arguments.of("no grant_type", form("assertion", good(), "resource", INVOICES), "grant_type"),
                Arguments.of("empty grant_type", "grant_type=&" + form("assertion", good()), "grant_type"),
                Arguments.of("repeated grant_type", good + "&" + form("grant_type", JWT_BEARER), "grant_type"),
                Arguments.of("no assertion", form("grant_type", JWT_BEARER, "resource", INVOICES), "assertion"),
                Arguments.of("empty assertion", form("grant_type", JWT_BEARER, "assertion", ""), "assertion"),
                Arguments.of("repeated assertion", good + "&assertion=x", "assertion"),
                Arguments.of("repeated scope", good + "&scope=a&scope=b", "scope"),
                Arguments.of("scope too long", good + "&scope=" + "a".repeat(5000), "scope"),
                Arguments.of("too many actions", good + "&scope=" + actions(65), "scope"),
                Arguments.of("repeated client_id", good + "&client_id=a&client_id=b", "client_id"),
                Arguments.of("client_id too long", good + "&client_id=" + "a".repeat(5000), "client_id"),
                Arguments.of("resource too long", good + "&resource=https://x.example/" + "a".repeat(5000), "resource"),
                Arguments.of("half an escape", good + "&scope=%2", "scope"),
                Arguments.of("no escape", good + "&scope=%zz", "scope"),
                Arguments.of("not UTF-8", good + "&scope=%ff%fe", "scope"),
                Arguments.of("overlong UTF-8", good + "&scope=%c0%af", "scope"),
                Arguments.of("a NUL", good + "&client_id=a%00b", "client_id"),
                Arguments.of("a line break", good + "&client_id=a%0d%0ab", "client_id"),
                Arguments.of("too many parameters", good + "&a=1".repeat(70), "parameters"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedForms")
    void a_malformed_form_is_an_invalid_request_that_names_the_parameter(String what, String form, String parameter) {
        Answer answer = broker.post(form);

        assertThat(answer.status()).as(what).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_request");
        assertThat(answer.description()).contains(parameter);
    }

    @Test
    void other_grants_are_not_offered() {
        assertThat(broker.post(form("grant_type", "password", "username", "a", "password", "b"))
                        .error())
                .isEqualTo("unsupported_grant_type");
    }

    @Test
    void parameters_that_nobody_knows_are_ignored() {
        assertThat(broker.exchange(good(), "resource", INVOICES, "colour", "blue")
                        .status())
                .isEqualTo(200);
    }

    static Stream<Arguments> badEvidence() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                evidence("expired", claims -> claims.put("exp", now - 1)),
                evidence("no expiry", claims -> claims.remove("exp")),
                evidence("not yet valid", claims -> claims.put("nbf", now + 600)),
                evidence("issued in the far future", claims -> claims.put("iat", now + 86_400)),
                evidence("another audience", claims -> claims.put("aud", "https://cloud.example")),
                evidence("no audience", claims -> claims.remove("aud")),
                evidence(
                        "one foreign audience among two",
                        claims -> claims.put("aud", List.of("acme-broker", "sts.amazonaws.com"))),
                evidence("another issuer", claims -> claims.put("iss", "https://elsewhere.example")),
                evidence("no issuer", claims -> claims.remove("iss")),
                evidence("a pin not met", claims -> claims.put("repository_owner_id", "1")),
                evidence("no subject", claims -> claims.remove("sub")),
                Arguments.of("not a token", "x"),
                Arguments.of("four parts", good() + ".x"),
                Arguments.of("too long", good() + "a".repeat(17_000)),
                Arguments.of("not signed", platform.sign("{\"alg\":\"none\"}", "{}")),
                Arguments.of("wrong typ", platform.sign(platform.header(Map.of("typ", "at+jwt")), claims())),
                Arguments.of("unknown kid", platform.sign(platform.header(Map.of("kid", "nobody")), claims())),
                Arguments.of("a crit header", platform.sign(platform.header(Map.of("crit", List.of("x"))), claims())),
                Arguments.of(
                        "duplicate claims",
                        platform.sign(platform.header(Map.of()), claims().replaceFirst("\\{", "{\"sub\":\"a\","))),
                Arguments.of("HMAC with the public key", hmacWithPublicKey()),
                Arguments.of("an altered signature", altered(good())),
                Arguments.of("another algorithm", platform.sign(platform.header(Map.of("alg", "PS256")), claims())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badEvidence")
    void evidence_that_does_not_hold_is_an_invalid_grant(String what, String evidence) {
        int before = broker.attempts().size();

        Answer answer = broker.exchange(evidence);

        assertThat(answer.status()).as(what).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_grant");
        assertThat(answer.description()).contains("(decision ").doesNotContain(evidence);
        assertThat(broker.attempts())
                .as("unproven callers are not logged singly")
                .hasSize(before);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("unauthorized_client", "no agent", claim("repository_id", "2002"), INVOICES, ""),
                Arguments.of("unauthorized_client", "several agents", claim("repository_id", "3003"), INVOICES, ""),
                Arguments.of("invalid_target", "not a registered target", same(), "https://elsewhere.example", ""),
                Arguments.of("invalid_target", "not a registered target", same(), "no uri", ""),
                Arguments.of("invalid_target", "not a registered target", same(), INVOICES + "#f", ""),
                Arguments.of("invalid_target", "nothing is permitted", same(), "https://ledger.example", ""),
                Arguments.of("invalid_target", "no resource", same(), "", ""),
                Arguments.of("invalid_scope", "invoices:write", same(), INVOICES, "invoices:write"),
                Arguments.of("invalid_scope", "invoices:write", same(), INVOICES, "invoices:read invoices:write"),
                Arguments.of("invalid_scope", "unknown", same(), INVOICES, "nonsense"),
                Arguments.of("invalid_scope", "tools/call:*", same(), INVOICES, "tools/call:*"),
                Arguments.of("invalid_scope", "*", same(), INVOICES, "*"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusals")
    void a_proven_caller_is_told_which_part_failed_and_the_log_knows(
            String error, String part, Consumer<Map<String, Object>> change, String resource, String scope) {
        Consumer<Map<String, Object>> ownSubject = claims -> claims.put("sub", "case " + part + resource + scope);

        Answer answer = broker.exchange(
                platform.token(broker.issuer(), change.andThen(ownSubject)), "resource", resource, "scope", scope);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.description()).contains(part).doesNotContain("twin-").doesNotContain("billing");
        Map<String, Object> entry = broker.attempts().getLast();
        assertThat(answer.description()).contains(String.valueOf(entry.get("decision_id")));
        assertThat((Map<?, ?>) entry.get("leaf")).extracting("outcome").isEqualTo("refused");
    }

    @Test
    void two_resources_are_refused_even_when_they_are_the_same() {
        assertThat(broker.exchange(good(), "resource", INVOICES, "resource", INVOICES)
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void a_condition_is_decided_on_what_the_platform_vouches_for() {
        String release = platform.token(broker.issuer(), claim("ref", "refs/heads/release"));

        assertThat(broker.exchange(release, "resource", INVOICES, "scope", "invoices:write")
                        .status())
                .isEqualTo(200);
        assertThat(broker.exchange(good(), "resource", INVOICES, "scope", "invoices:write")
                        .error())
                .isEqualTo("invalid_scope");
    }

    @Test
    void client_id_chooses_among_agents_that_the_workload_is_bound_to() {
        String twin = platform.token(broker.issuer(), claim("repository_id", "3003"));

        assertThat(broker.exchange(twin, "resource", INVOICES, "client_id", "twin-a")
                        .status())
                .isEqualTo(200);
        assertThat(broker.exchange(twin, "resource", INVOICES, "client_id", "invoice-bot")
                        .error())
                .isEqualTo("unauthorized_client");
    }

    @Test
    void a_body_over_64_kib_is_413_whether_its_length_is_declared_or_not() throws IOException {
        byte[] body = "a".repeat(65 * 1024 + 1).getBytes(StandardCharsets.US_ASCII);
        String type = "application/x-www-form-urlencoded";

        assertThat(broker.post(BodyPublishers.ofByteArray(body), type).status()).isEqualTo(413);
        assertThat(broker.post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), type)
                        .status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/plain",
                "application/x-www-form-urlencoded; charset=iso-8859-1",
                "multipart/form-data; boundary=x"
            })
    void another_content_type_is_an_invalid_request(String type) {
        Answer answer = broker.post(BodyPublishers.ofString(form("grant_type", JWT_BEARER)), type);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_request");
    }

    @Test
    void parameters_in_the_url_other_methods_and_odd_paths_are_refused() {
        assertThat(broker.send(broker.request("/oauth2/token?grant_type=x").POST(BodyPublishers.noBody()))
                        .status())
                .isEqualTo(400);
        assertThat(broker.send(broker.request("/oauth2/token").GET()).status()).isEqualTo(405);
        assertThat(broker.send(broker.request("/oauth2/token").PUT(BodyPublishers.noBody()))
                        .status())
                .isEqualTo(405);
        assertThat(broker.send(broker.request("/oauth2/token;x=y").POST(BodyPublishers.noBody()))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_platform_that_can_not_be_reached_is_503_with_retry_after() {
        for (String issuer : List.of("https://slow.example", "https://private.example")) {
            long started = System.nanoTime();
            Answer answer = broker.exchange(platform.token(broker.issuer(), claims -> claims.put("iss", issuer)));

            assertThat(answer.status()).as(issuer).isEqualTo(503);
            assertThat(answer.error()).isEqualTo("temporarily_unavailable");
            assertThat(answer.http().headers().firstValue("Retry-After")).isPresent();
            assertThat(System.nanoTime() - started).isLessThan(10_000_000_000L);
        }
    }

    private static String good() {
        return platform.token(broker.issuer(), claims -> {});
    }

    private static String claims() {
        String token = good();
        return new Base64URL(token.split("\\.", -1)[1]).decodeToString();
    }

    private static String actions(int count) {
        return String.join("+", IntStream.range(0, count).mapToObj(i -> "a" + i).toList());
    }

    private static Arguments evidence(String what, Consumer<Map<String, Object>> change) {
        return Arguments.of(what, platform.token(broker.issuer(), change));
    }

    private static Consumer<Map<String, Object>> claim(String name, String value) {
        return claims -> claims.put(name, value);
    }

    @SuppressWarnings("UnnecessaryLambda") // Arguments take objects, so that the lambda needs a type.
    private static Consumer<Map<String, Object>> same() {
        return claims -> {};
    }

    private static String altered(String token) {
        int at = token.lastIndexOf('.') + 5;
        return token.substring(0, at) + (token.charAt(at) == 'A' ? 'B' : 'A') + token.substring(at + 1);
    }

    private static String hmacWithPublicKey() {
        try {
            String input = Base64URL.encode(platform.header(Map.of("alg", "HS256"))) + "." + Base64URL.encode(claims());
            byte[] secret = platform.key().toRSAPublicKey().getEncoded();
            return input + "."
                    + new MACSigner(secret)
                            .sign(new JWSHeader(JWSAlgorithm.HS256), input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }
}
