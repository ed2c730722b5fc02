package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens bound by DPoP, as agents get and use them, and as thieves try to. */
class DpopTest {

    static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", audiences: [ acme-broker ], keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ read ], defaultActions: [ read ] }
              - { name: ledger, resource: "https://ledger.example", kind: api, actions: [ read ], defaultActions: [ read ], token: { proof: dpop } }
              - { name: archive, resource: "https://archive.example", kind: api, actions: [ read ], defaultActions: [ read ] }
              - { name: vault, resource: "https://vault.example", kind: api, actions: [ read ], defaultActions: [ read ] }
              - { name: closed, resource: "https://closed.example", kind: api, actions: [ read ], defaultActions: [ read ] }
            policies:
              - { name: reads, effect: allow, agents: [ { name: bot } ], targets: [ invoices, ledger ], actions: [ read ] }
              - name: reads-with-a-key
                effect: allow
                agents: [ { name: bot } ]
                targets: [ archive ]
                actions: [ read ]
                when: request.proof == "dpop"
              - { name: bound, effect: allow, agents: [ { name: bot } ], targets: [ vault ], actions: [ read ], grant: { proof: dpop } }
              - { name: admin, effect: allow, agents: [ { name: bot } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    private static final String LEDGER = "https://ledger.example";

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;
    static DpopKey key;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
        key = DpopKey.generate();
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_target_that_wants_it_gets_tokens_that_are_bound_to_the_callers_key() throws ParseException {
        Answer answer = token(broker, LEDGER, key.proof("POST", endpoint()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("token_type", "DPoP");
        assertThat(nonce(answer)).isNotEmpty();
        assertThat(SignedJWT.parse(String.valueOf(answer.body().get("access_token")))
                        .getJWTClaimsSet()
                        .getClaim("cnf"))
                .isEqualTo(Map.of("jkt", key.thumbprint()));
        Map<?, ?> input =
                (Map<?, ?>) Objects.requireNonNull(broker.attempts().getLast().get("input"));
        assertThat(input.get("proof")).isEqualTo("dpop");
        assertThat(input.get("cnf")).isEqualTo(Map.of("jkt", key.thumbprint()));
    }

    @Test
    void without_a_proof_there_is_none_and_the_log_says_why() {
        for (String resource : List.of(LEDGER, "https://vault.example")) {
            Answer answer = token(broker, resource);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error()).isEqualTo("invalid_dpop_proof");
            assertThat(answer.description()).contains("needs a DPoP proof").contains("decision");
            assertThat(nonce(answer)).isEmpty();
            Map<String, Object> attempt = broker.attempts().getLast();
            assertThat(attempt).containsEntry("reason", "proof").containsEntry("agent", "bot");
            assertThat(((Map<?, ?>) Objects.requireNonNull(attempt.get("input"))).get("proof"))
                    .isEqualTo("none");
        }
    }

    @Test
    void a_caller_who_sends_a_proof_gets_a_bound_token_even_if_nobody_asks_for_it() throws ParseException {
        Answer answer = token(broker, RunningBroker.INVOICES, key.proof("POST", endpoint()));

        assertThat(answer.body()).containsEntry("token_type", "DPoP");
        assertThat(token(broker, RunningBroker.INVOICES).body()).containsEntry("token_type", "Bearer");
    }

    @Test
    void a_condition_may_want_a_proof() {
        assertThat(token(broker, "https://archive.example").error()).isEqualTo("invalid_target");
        assertThat(token(broker, "https://archive.example", key.proof("POST", endpoint()))
                        .status())
                .isEqualTo(200);
    }

    static Stream<Arguments> badProofs() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                claims("for another method", "htm", claims -> claims.put("htm", "GET")),
                claims("for another host", "htu", claims -> claims.put("htu", "https://evil.example/oauth2/token")),
                claims("for the API", "htu", claims -> claims.put("htu", broker.issuer() + "/v1/agents")),
                claims("stale", "iat", claims -> claims.put("iat", now - 120)),
                claims("from the future", "iat", claims -> claims.put("iat", now + 120)),
                claims("without an id", "jti", claims -> claims.remove("jti")),
                header("of another type", "typ", header -> header.put("typ", "JWT")),
                header("unsigned", "signed JWT", header -> header.put("alg", "none")),
                header("symmetric", "jwk", header -> header.put("alg", "HS256")),
                header(
                        "with a private key",
                        "jwk",
                        header -> header.put("jwk", key.key().toJSONObject())),
                header(
                        "of a key that did not sign",
                        "signature",
                        header -> header.put(
                                "jwk", DpopKey.generate().key().toPublicJWK().toJSONObject())));
    }

    @ParameterizedTest(name = "a proof {0}")
    @MethodSource("badProofs")
    void a_bad_proof_is_refused_even_if_nobody_asks_for_one(
            String what, String part, Consumer<Map<String, Object>> header, Consumer<Map<String, Object>> claims) {
        Answer answer = token(broker, RunningBroker.INVOICES, key.proof(header, "POST", endpoint(), claims));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_dpop_proof");
        assertThat(answer.description()).contains(part);
    }

    @Test
    void a_proof_whose_url_has_a_query_is_compared_without_it() {
        assertThat(token(broker, LEDGER, key.proof("POST", endpoint() + "?x=y")).status())
                .isEqualTo(200);
    }

    @Test
    void two_headers_with_a_proof_are_refused() {
        Answer answer =
                token(broker, RunningBroker.INVOICES, key.proof("POST", endpoint()), key.proof("POST", endpoint()));

        assertThat(answer.error()).isEqualTo("invalid_dpop_proof");
        assertThat(answer.description()).contains("more than one");
    }

    @Test
    void a_proof_is_good_once_and_is_not_used_up_by_a_request_that_policy_refuses() {
        String proof = key.proof("POST", endpoint());
        assertThat(token(broker, "https://closed.example", proof).error()).isEqualTo("invalid_target");
        assertThat(token(broker, LEDGER, proof).status()).isEqualTo(200);

        Answer again = token(broker, LEDGER, proof);

        assertThat(again.error()).isEqualTo("invalid_dpop_proof");
        assertThat(again.description()).contains("used before");
    }

    @Test
    void where_a_nonce_is_required_the_answer_brings_one() throws Exception {
        try (RunningBroker strict = RunningBroker.start(
                Files.createDirectory(directory.resolve("strict")),
                platform,
                BUNDLE,
                List.of("--sallyport.dpop-nonce=required"))) {
            String endpoint = strict.issuer() + "/oauth2/token";
            Answer first = token(strict, LEDGER, key.proof("POST", endpoint));
            assertThat(first.status()).isEqualTo(400);
            assertThat(first.error()).isEqualTo("use_dpop_nonce");

            String nonce = nonce(first).getFirst();
            String with = key.proof("POST", endpoint, claims -> claims.put("nonce", nonce));
            assertThat(token(strict, LEDGER, with).status()).isEqualTo(200);
        }
        String foreign = key.proof("POST", endpoint(), claims -> claims.put("nonce", "A".repeat(32)));
        assertThat(token(broker, LEDGER, foreign).error()).isEqualTo("use_dpop_nonce");
    }

    @Test
    void the_admin_api_takes_a_bound_token_with_a_proof_of_its_key() {
        String token = adminToken(key.proof("POST", endpoint()));
        String url = broker.issuer() + "/v1/agents/bot";

        Answer read = api("GET", "/v1/agents/bot", "DPoP " + token, key.proofWith(token, "GET", url));
        assertThat(read.status()).isEqualTo(200);
        assertThat(nonce(read)).hasSize(1);
        Answer query = api("GET", "/v1/agents?limit=5", "dpop " + token, key.proofWith(token, "GET", agents()));
        assertThat(query.status()).isEqualTo(200);
        Answer written =
                api("POST", "/v1/agents/bot/resume", "DPoP " + token, key.proofWith(token, "POST", url + "/resume"));
        assertThat(written.status()).isEqualTo(200);
    }

    @Test
    void a_stolen_token_is_worth_nothing() {
        String token = adminToken(key.proof("POST", endpoint()));
        DpopKey thief = DpopKey.generate();

        assertRefused(api("GET", "/v1/agents", "Bearer " + token), "invalid_token", "no DPoP proof");
        String own = key.proofWith(token, "GET", agents());
        assertRefused(api("GET", "/v1/agents", "Bearer " + token, own), "invalid_token", "no DPoP proof");
        assertRefused(
                api("GET", "/v1/agents", "DPoP " + token, thief.proofWith(token, "GET", agents())),
                "invalid_token",
                "bound to a key");
        assertRefused(api("GET", "/v1/agents", "DPoP " + token), "invalid_dpop_proof", "no DPoP header");
    }

    @Test
    void a_proof_for_something_else_does_not_let_anyone_in() {
        String token = adminToken(key.proof("POST", endpoint()));
        String other = adminToken(key.proof("POST", endpoint()));

        assertProofRefused(token, key.proofWith(other, "GET", agents()), "ath");
        assertProofRefused(token, key.proof("GET", agents()), "ath");
        assertProofRefused(token, key.proofWith(token, "PUT", agents()), "htm");
        assertProofRefused(token, key.proofWith(token, "GET", broker.issuer() + "/v1/targets"), "htu");
        assertProofRefused(token, key.proof("POST", endpoint()), "htm");
        String used = key.proofWith(token, "GET", agents());
        assertThat(api("GET", "/v1/agents", "DPoP " + token, used).status()).isEqualTo(200);
        assertProofRefused(token, used, "used before");
    }

    @Test
    void a_bearer_token_is_none_of_dpop() {
        String token = adminToken();

        assertThat(api("GET", "/v1/agents", "Bearer " + token).status()).isEqualTo(200);
        assertRefused(
                api("GET", "/v1/agents", "DPoP " + token, key.proofWith(token, "GET", agents())),
                "invalid_token",
                "not bound to a key");
    }

    @Test
    void a_missing_scope_is_told_in_the_callers_scheme() {
        String token = tokenFor("directory:read", key.proof("POST", endpoint()));
        String url = broker.issuer() + "/v1/policies";

        Answer answer = api("GET", "/v1/policies", "DPoP " + token, key.proofWith(token, "GET", url));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(challenge(answer)).startsWith("DPoP error=\"insufficient_scope\"");
    }

    private static void assertProofRefused(String token, String proof, String part) {
        assertRefused(api("GET", "/v1/agents", "DPoP " + token, proof), "invalid_dpop_proof", part);
    }

    private static void assertRefused(Answer answer, String error, String part) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(challenge(answer))
                .startsWith("DPoP error=\"" + error + "\"")
                .contains(part)
                .contains("algs=\"ES256 EdDSA Ed25519 PS256 RS256\"")
                .contains("resource_metadata=\"");
    }

    private static String endpoint() {
        return broker.issuer() + "/oauth2/token";
    }

    private static String agents() {
        return broker.issuer() + "/v1/agents";
    }

    private static List<String> nonce(Answer answer) {
        return answer.http().headers().allValues("DPoP-Nonce");
    }

    private static String challenge(Answer answer) {
        return answer.http().headers().firstValue("WWW-Authenticate").orElseThrow();
    }

    private static String adminToken(String... proofs) {
        return tokenFor("directory:read directory:write revocation:write system:write", proofs);
    }

    private static String tokenFor(String scope, String... proofs) {
        String form = form(broker.issuer() + "/v1") + "&" + RunningBroker.form("scope", scope);
        Answer answer = send(broker, form, proofs);
        assertThat(answer.status()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static Answer token(RunningBroker broker, String resource, String... proofs) {
        return send(broker, form(resource), proofs);
    }

    private static String form(String resource) {
        return RunningBroker.form(
                "grant_type",
                RunningBroker.JWT_BEARER,
                "assertion",
                platform.token("acme-broker", claims -> {}),
                "resource",
                resource);
    }

    private static Answer send(RunningBroker broker, String form, String... proofs) {
        HttpRequest.Builder request = broker.request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        for (String proof : proofs) {
            request.header("DPoP", proof);
        }
        return broker.send(request);
    }

    private static Answer api(String method, String path, String authorization, String... proofs) {
        HttpRequest.Builder request = broker.request(path).header("Authorization", authorization);
        for (String proof : proofs) {
            request.header("DPoP", proof);
        }
        return broker.send(
                method.equals("GET")
                        ? request
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString("{}")));
    }

    private static Arguments claims(String what, String part, Consumer<Map<String, Object>> change) {
        return Arguments.of(what, part, (Consumer<Map<String, Object>>) header -> {}, change);
    }

    private static Arguments header(String what, String part, Consumer<Map<String, Object>> change) {
        return Arguments.of(what, part, change, (Consumer<Map<String, Object>>) claims -> {});
    }
}
