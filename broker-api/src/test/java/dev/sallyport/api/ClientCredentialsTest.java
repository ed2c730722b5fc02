package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.JWT_BEARER;
import static dev.sallyport.api.RunningBroker.form;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest.BodyPublishers;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door for clients that authenticate with their evidence, asked over HTTP. */
class ClientCredentialsTest {

    private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final String SVID_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
    private static final String SUBJECT = "repo:acme/invoice-bot:ref:refs/heads/main";

    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
              - { name: private, type: oidc, issuer: https://private.example, keys: { jwksUri: "http://127.0.0.1:1/jwks" } }
            agents:
              - name: invoice-bot
                kind: workload
                bindings: [ { provider: ci, match: { repository_id: "1001" } } ]
              - { name: twin-a, kind: workload, bindings: [ { provider: ci, match: { repository_id: "3003" } } ] }
              - { name: twin-b, kind: workload, bindings: [ { provider: ci, match: { repository_id: "3003" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write" ]
                defaultActions: [ "invoices:read" ]
              - { name: ledger, resource: https://ledger.example, kind: api, actions: [ "ledger:read" ] }
            policies:
              - name: billing
                effect: allow
                agents: [ { name: invoice-bot }, { name: "twin-*" } ]
                targets: [ invoices ]
                actions: [ "invoices:read" ]
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
    void both_doors_lead_to_the_same_token() throws ParseException {
        String evidence = good();
        Answer grant = broker.exchange(evidence, "resource", INVOICES, "scope", "invoices:read");
        Answer client = ask(evidence, "resource", INVOICES, "scope", "invoices:read");

        assertThat(client.status()).isEqualTo(200);
        assertThat(client.http().headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(client.body())
                .containsOnlyKeys("access_token", "token_type", "expires_in", "scope")
                .containsEntry("token_type", "Bearer")
                .containsEntry("scope", "invoices:read");
        assertThat(lasting(client)).isEqualTo(lasting(grant)).containsEntry("aud", INVOICES);
        assertThat(broker.attempts().getLast()).containsEntry("agent", "invoice-bot");
    }

    @ParameterizedTest
    @CsvSource({"'', 200", "/, 200", "/oauth2/token, 401"})
    void the_issuer_with_or_without_a_slash_is_an_audience_and_the_endpoint_is_none(String suffix, int status) {
        assertThat(ask(platform.token(broker.issuer() + suffix, claims -> {})).status())
                .isEqualTo(status);
    }

    @Test
    void an_assertion_that_says_it_authenticates_a_client_does_that_and_is_no_grant() throws ParseException {
        String claims = SignedJWT.parse(good()).getPayload().toString();
        String typed = platform.sign(platform.header(Map.of("typ", "client-authentication+jwt")), claims);

        assertThat(ask(typed).status()).isEqualTo(200);
        assertThat(broker.exchange(typed).error()).isEqualTo("invalid_grant");
    }

    @Test
    void the_trust_providers_own_audiences_are_accepted_too() {
        assertThat(ask(platform.token("acme-broker", claims -> {})).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"invoice-bot", "spiffe://localhost/agent/invoice-bot", SUBJECT})
    void client_id_may_be_name_spiffe_id_or_subject_at_both_doors(String clientId) {
        assertThat(ask(good(), "resource", INVOICES, "client_id", clientId).status())
                .isEqualTo(200);
        assertThat(broker.exchange(good(), "resource", INVOICES, "client_id", clientId)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void client_id_chooses_among_several_agents_but_the_subject_does_not() {
        String twin = platform.token(broker.issuer(), claim("repository_id", "3003"));

        assertThat(ask(twin, "resource", INVOICES, "client_id", "twin-a").status())
                .isEqualTo(200);
        assertThat(ask(twin, "resource", INVOICES, "client_id", SUBJECT).error())
                .isEqualTo("invalid_client");
        assertThat(broker.exchange(twin, "resource", INVOICES, "client_id", SUBJECT)
                        .error())
                .isEqualTo("unauthorized_client");
    }

    static Stream<Arguments> malformedForms() {
        String good = clientForm(good());
        String grant = form("grant_type", JWT_BEARER, "assertion", good(), "resource", INVOICES);
        return Stream.of(
                Arguments.of(
                        "no assertion", form("grant_type", "client_credentials"), "client_assertion: it is missing"),
                Arguments.of(
                        "only the other door's evidence",
                        form("grant_type", "client_credentials", "assertion", good()),
                        "client_assertion: it is missing"),
                Arguments.of(
                        "a secret instead",
                        form("grant_type", "client_credentials", "client_id", "a", "client_secret", "b"),
                        "client_assertion: it is missing"),
                Arguments.of(
                        "only this door's evidence at the other",
                        form("grant_type", JWT_BEARER, "client_assertion", good(), "client_assertion_type", TYPE),
                        "assertion: it is missing"),
                Arguments.of("evidence for both doors", good + "&assertion=x", "assertion: "),
                Arguments.of(
                        "evidence for both doors at the other", grant + "&client_assertion=x", "client_assertion: "),
                Arguments.of(
                        "no type",
                        form("grant_type", "client_credentials", "client_assertion", good()),
                        "client_assertion_type: it is missing"),
                Arguments.of(
                        "another type",
                        form(
                                "grant_type",
                                "client_credentials",
                                "client_assertion",
                                good(),
                                "client_assertion_type",
                                "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
                        "client_assertion_type: "),
                Arguments.of("repeated assertion", good + "&client_assertion=x", "client_assertion: "),
                Arguments.of("repeated type", good + "&client_assertion_type=x", "client_assertion_type: "),
                Arguments.of(
                        "long type", grant + "&client_assertion_type=" + "a".repeat(5000), "client_assertion_type: "),
                Arguments.of("repeated scope", good + "&scope=a&scope=b", "scope: "),
                Arguments.of("long client_id", good + "&client_id=" + "a".repeat(5000), "client_id: "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedForms")
    void a_malformed_form_is_an_invalid_request_that_names_the_parameter(String what, String form, String part) {
        Answer answer = broker.post(form);

        assertThat(answer.status()).as(what).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_request");
        assertThat(answer.description()).startsWith(part);
    }

    static Stream<Arguments> refusals() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                refusal(401, "invalid_client", "expired", claims -> claims.put("exp", now - 1)),
                refusal(401, "invalid_client", "audience", claims -> claims.put("aud", "https://cloud.example")),
                refusal(401, "invalid_client", "issuer", claims -> claims.put("iss", "https://elsewhere.example")),
                refusal(401, "invalid_client", "repository_owner_id", claim("repository_owner_id", "1")),
                refusal(401, "invalid_client", "no agent", claim("repository_id", "2002")),
                refusal(401, "invalid_client", "several agents", claim("repository_id", "3003")),
                refusal(401, "invalid_client", "client_id", same(), "resource", INVOICES, "client_id", "twin-a"),
                refusal(400, "invalid_target", "no resource", same(), "scope", "invoices:read"),
                refusal(400, "invalid_target", "several", same(), "resource", INVOICES, "resource", INVOICES),
                refusal(400, "invalid_target", "registered", same(), "resource", "https://elsewhere.example"),
                refusal(400, "invalid_target", "permitted", same(), "resource", "https://ledger.example"),
                refusal(
                        400,
                        "invalid_scope",
                        "invoices:write",
                        same(),
                        "resource",
                        INVOICES,
                        "scope",
                        "invoices:write"),
                refusal(400, "invalid_scope", "*", same(), "resource", INVOICES, "scope", "*"),
                refusal(
                        503,
                        "temporarily_unavailable",
                        "private",
                        claims -> claims.put("iss", "https://private.example")));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("refusals")
    void a_refusal_is_answered_by_the_table(
            int status, String error, String part, Consumer<Map<String, Object>> change, List<String> more) {
        Answer answer = ask(
                platform.token(broker.issuer(), change),
                more.isEmpty() ? new String[] {"resource", INVOICES} : more.toArray(String[]::new));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.description()).contains(part, "(decision ").doesNotContain("twin-", "billing");
        assertThat(answer.http().headers().firstValue("Retry-After").isPresent())
                .isEqualTo(status == 503);
        assertThat(answer.http().headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "a.b.c.d"})
    void what_is_no_token_is_an_invalid_client(String assertion) {
        Answer answer = ask(assertion);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.error()).isEqualTo("invalid_client");
    }

    @Test
    void a_jwt_svid_has_a_spiffe_id_as_its_subject() {
        String svid = platform.token(broker.issuer(), claim("sub", "spiffe://acme.example/invoice-bot"));

        assertThat(askAs(SVID_TYPE, svid).status()).isEqualTo(200);
        assertThat(askAs(TYPE, svid).status()).isEqualTo(200);
        Answer other = askAs(SVID_TYPE, good());
        assertThat(other.status()).isEqualTo(401);
        assertThat(other.error()).isEqualTo("invalid_client");
        assertThat(other.description()).contains("SPIFFE ID", "(decision ");
    }

    @ParameterizedTest
    @CsvSource({
        "Basic aW52b2ljZS1ib3Q6c2VjcmV0, Basic realm=\"oauth2\"",
        "Bearer abc, Bearer realm=\"oauth2\"",
        "Basic, Basic realm=\"oauth2\"",
        "'a\"b c', Basic realm=\"oauth2\""
    })
    void a_client_that_authenticates_in_a_header_is_told_so_with_its_own_scheme(String header, String challenge) {
        for (String form : List.of(
                clientForm(good()), form("grant_type", JWT_BEARER, "assertion", good(), "resource", INVOICES))) {
            Answer answer = broker.send(broker.request("/oauth2/token")
                    .header("Authorization", header)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form)));

            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.error()).isEqualTo("invalid_client");
            assertThat(answer.http().headers().allValues("WWW-Authenticate")).containsExactly(challenge);
            assertThat(answer.http().body()).doesNotContain("aW52b2ljZS1ib3Q6c2VjcmV0");
        }
    }

    private static Answer ask(String assertion, String... more) {
        return more.length == 0
                ? broker.post(clientForm(assertion))
                : broker.post(clientForm(TYPE, assertion) + "&" + form(more));
    }

    private static Answer askAs(String type, String assertion) {
        return broker.post(clientForm(type, assertion) + "&" + form("resource", INVOICES));
    }

    private static String clientForm(String assertion) {
        return clientForm(TYPE, assertion) + "&" + form("resource", INVOICES);
    }

    private static String clientForm(String type, String assertion) {
        return form("grant_type", "client_credentials", "client_assertion_type", type, "client_assertion", assertion);
    }

    /** The claims that are the same in each token of one workload, and what is left of those that tell when. */
    private static Map<String, Object> lasting(Answer answer) throws ParseException {
        Map<String, Object> claims = SignedJWT.parse(
                        String.valueOf(answer.body().get("access_token")))
                .getPayload()
                .toJSONObject();
        assertThat(claims).containsKeys("jti", "iat", "nbf", "exp");
        Map<?, ?> attestation = (Map<?, ?>) Objects.requireNonNull(claims.get("attestation"));
        assertThat(attestation).hasSize(4);
        attestation.remove("time");
        claims.keySet().removeAll(List.of("jti", "iat", "nbf", "exp"));
        return claims;
    }

    private static Arguments refusal(
            int status, String error, String part, Consumer<Map<String, Object>> change, String... more) {
        return Arguments.of(status, error, part, change, List.of(more));
    }

    private static String good() {
        return platform.token(broker.issuer(), claims -> {});
    }

    private static Consumer<Map<String, Object>> claim(String name, String value) {
        return claims -> claims.put(name, value);
    }

    @SuppressWarnings("UnnecessaryLambda") // Arguments take objects, so that the lambda needs a type.
    private static Consumer<Map<String, Object>> same() {
        return claims -> {};
    }
}
