package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.form;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What RFC 9700 and RFC 8725 warn of, tried from outside at every place that takes a token.
 *
 * <p>Attacks that a test of one endpoint tries already are not repeated; docs/threat-model.md says where each is.
 */
class AttacksTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: api
                actions: [ read ]
                defaultActions: [ read ]
                token: { alg: RS256 }
              - { name: ledger, resource: "https://ledger.example", kind: api, actions: [ read ], defaultActions: [ read ] }
              - name: vault
                resource: https://vault.example
                kind: api
                actions: [ read ]
                defaultActions: [ read ]
                token: { proof: mtls }
            policies:
              - { name: reads, effect: allow, agents: [ { name: bot } ], targets: [ invoices, ledger, vault ], actions: [ read ] }
              - { name: admin, effect: allow, agents: [ { name: bot } ], targets: [ sallyport ], actions: [ "*" ] }
            """;
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";
    private static final String CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final String ELSEWHERE = "https://other-server.example";

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static TestIdentity certificate;
    static RunningBroker broker;
    static String admin;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        certificate = TestIdentity.make(directory, "client");
        broker = RunningBroker.start(
                directory,
                platform,
                BUNDLE,
                List.of("--sallyport.trusted-proxy=203.0.113.7", "--sallyport.client-certificate-header=Client-Cert"));
        admin = token(broker.issuer() + "/v1", "directory:read introspect");
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    /** Each is signed by the platform's key, or was good for something else. */
    static Stream<Arguments> noEvidence() throws Exception {
        String own = broker.issuer();
        return Stream.of(
                Arguments.of("for another server", evidence(Map.of("aud", ELSEWHERE))),
                Arguments.of("for another server's endpoint", evidence(Map.of("aud", ELSEWHERE + "/oauth2/token"))),
                Arguments.of("for both servers", evidence(Map.of("aud", List.of(own, ELSEWHERE)))),
                Arguments.of("for a target", evidence(Map.of("aud", INVOICES))),
                Arguments.of("for the broker's API", evidence(Map.of("aud", own + "/v1"))),
                Arguments.of("that names the broker as its issuer", evidence(Map.of("iss", own))),
                Arguments.of("that ended long ago", evidence(Map.of("iat", 1, "exp", 2))),
                Arguments.of("of the far future", evidence(Map.of("iat", 9_999_999_999L, "exp", 99_999_999_999L))),
                Arguments.of("that never ends", evidence(Map.of("exp", 1e300))),
                Arguments.of("an access token", token(INVOICES, "read")),
                Arguments.of("an access token for the API", admin),
                Arguments.of("an answer of the introspection", introspection()),
                Arguments.of("a DPoP proof", DpopKey.generate().proof("POST", own + "/oauth2/token")),
                Arguments.of("a platform's DPoP proof", typed("dpop+jwt")),
                Arguments.of("a platform's access token", typed("at+jwt")),
                Arguments.of("a platform's logout token", typed("logout+jwt")),
                Arguments.of("a platform's ID-JAG", typed("oauth-id-jag+jwt")),
                Arguments.of("a nested JWT", nested()),
                Arguments.of("a JWE", encrypted()),
                Arguments.of("JSON serialization", flattened()),
                Arguments.of("with b64", headed(Map.of("b64", false, "crit", List.of("b64")))),
                Arguments.of("with b64 alone", headed(Map.of("b64", false))),
                Arguments.of("with crit", headed(Map.of("crit", List.of("exp")))),
                Arguments.of("with an empty kid", headed(Map.of("kid", ""))),
                Arguments.of(
                        "with a repeated header", platform.sign(twice(platform.header(Map.of()), "alg"), claims())),
                Arguments.of("with a repeated claim", platform.sign(platform.header(Map.of()), twice(claims(), "sub"))),
                Arguments.of(
                        "with a repeated claim within another",
                        platform.sign(
                                platform.header(Map.of()),
                                claims().replaceFirst("\\{", "{\"deep\":{\"a\":{\"x\":1,\"x\":2}},"))),
                Arguments.of(
                        "with claims that nest deeply",
                        platform.sign(
                                platform.header(Map.of()),
                                claims().replaceFirst("\\{", "{\"deep\":" + "[".repeat(99) + "]".repeat(99) + ","))));
    }

    @ParameterizedTest(name = "evidence {0}")
    @MethodSource("noEvidence")
    void what_is_no_evidence_for_this_broker_is_refused_at_every_door(String what, String jwt) {
        assertRefused(form("grant_type", RunningBroker.JWT_BEARER, "assertion", jwt), "invalid_grant");
        assertRefused(
                form(
                        "grant_type",
                        "client_credentials",
                        "client_assertion",
                        jwt,
                        "client_assertion_type",
                        CLIENT_ASSERTION),
                "invalid_client");
        assertRefused(form("grant_type", EXCHANGE, "subject_token", jwt, "subject_token_type", JWT), "invalid_request");
        Answer asked = broker.send(posted(
                "/oauth2/introspect",
                form("token", admin, "client_assertion", jwt, "client_assertion_type", CLIENT_ASSERTION)));
        assertThat(asked.status()).isEqualTo(401);
    }

    @Test
    void an_id_token_is_nobodys_actor() {
        for (String type : List.of("id_token", "jwt", "access_token")) {
            Answer answer = broker.post(form(
                    "grant_type",
                    EXCHANGE,
                    "subject_token",
                    evidence(Map.of()),
                    "subject_token_type",
                    JWT,
                    "actor_token",
                    evidence(Map.of()),
                    "actor_token_type",
                    "urn:ietf:params:oauth:token-type:" + type,
                    "resource",
                    INVOICES));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error()).isEqualTo("invalid_request");
        }
    }

    @Test
    void evidence_is_no_access_token_anywhere_and_neither_is_anything_else_that_the_broker_signs() throws Exception {
        for (String wrong : List.of(
                evidence(Map.of()),
                evidence(Map.of("aud", broker.issuer() + "/v1")),
                introspection(),
                typed("at+jwt"),
                DpopKey.generate().proof("GET", broker.issuer() + "/v1/agents"))) {
            assertOpensNothing(wrong);
        }
    }

    /** Access tokens as a forger makes them who has the key set and a good token. */
    static Stream<Arguments> forgedTokens() throws Exception {
        SignedJWT good = SignedJWT.parse(admin);
        String claims = good.getPayload().toString();
        Map<String, Object> header = good.getHeader().toJSONObject();
        JWKSet keys =
                JWKSet.parse(broker.send(broker.request("/oauth2/jwks")).http().body());
        JWK rsa = keys.getKeys().stream()
                .filter(key -> key.getAlgorithm().equals(JWSAlgorithm.RS256))
                .findFirst()
                .orElseThrow();
        PublicKey publicKey = rsa.toRSAKey().toPublicKey();
        return Stream.of(
                Arguments.of("unsigned", unsigned(header, "none", claims)),
                Arguments.of("unsigned, spelt otherwise", unsigned(header, "nOnE", claims)),
                Arguments.of(
                        "with the RSA key's DER as HMAC secret",
                        hmac(with(header, "kid", rsa.getKeyID()), claims, publicKey.getEncoded())),
                Arguments.of(
                        "with the RSA key's JWK as HMAC secret",
                        hmac(
                                with(header, "kid", rsa.getKeyID()),
                                claims,
                                rsa.toJSONString().getBytes(StandardCharsets.UTF_8))),
                Arguments.of(
                        "with a foreign key under a kid of the broker's",
                        platform.sign(json(with(with(header, "alg", "RS256"), "kid", rsa.getKeyID())), claims)),
                Arguments.of(
                        "with a key that it brings along",
                        platform.sign(
                                json(with(
                                        with(header, "alg", "RS256"),
                                        "jwk",
                                        platform.key().toPublicJWK().toJSONObject())),
                                claims)),
                Arguments.of("of another type", reheaded(admin, with(header, "typ", "JWT"))),
                Arguments.of("with another algorithm", reheaded(admin, with(header, "alg", "ES384"))),
                Arguments.of(
                        "with other claims",
                        admin.replace(part(admin, 1), encoded(claims.replace("directory:read", "system:write")))),
                Arguments.of("without its signature", admin.substring(0, admin.lastIndexOf('.') + 1)),
                Arguments.of("as a JWE", encrypted()),
                Arguments.of("twice", admin + "." + part(admin, 1) + "." + part(admin, 2)));
    }

    @ParameterizedTest(name = "an access token {0}")
    @MethodSource("forgedTokens")
    void a_forged_access_token_opens_nothing_and_is_not_active(String what, String forged) {
        assertThat(forged).isNotEqualTo(admin);
        assertOpensNothing(forged);
    }

    /** Proofs that are good but for one thing, each with its own signature. */
    static Stream<Arguments> badProofs() throws JOSEException {
        DpopKey key = DpopKey.generate();
        String url = broker.issuer() + "/oauth2/token";
        return Stream.of(
                Arguments.of("with crit", key.proof(h -> h.put("crit", List.of("exp")), "POST", url, c -> {})),
                Arguments.of("with b64", key.proof(h -> h.put("b64", false), "POST", url, c -> {})),
                Arguments.of("from the far past", key.proof("POST", url, c -> c.put("iat", 1))),
                Arguments.of("from the far future", key.proof("POST", url, c -> c.put("iat", 9_999_999_999L))),
                Arguments.of("with a time that is no number", key.proof("POST", url, c -> c.put("iat", "now"))),
                Arguments.of("for another path", key.proof("POST", url + "/x", c -> {})),
                Arguments.of(
                        "for another host behind a user", key.proof("POST", "http://localhost@evil.example", c -> {})),
                Arguments.of("that is a JWE", encrypted()),
                Arguments.of("that is evidence", evidence(Map.of())),
                Arguments.of("that is an access token", admin));
    }

    @ParameterizedTest(name = "a proof {0}")
    @MethodSource("badProofs")
    void a_proof_that_is_good_but_for_one_thing_is_refused(String what, String proof) {
        Answer answer = broker.send(posted("/oauth2/token", grant(INVOICES)).header("DPoP", proof));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_dpop_proof");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?q=1", "#f", "?q=1#f"})
    void query_and_fragment_of_a_proofs_url_are_not_compared(String more) {
        String proof = DpopKey.generate().proof("POST", broker.issuer() + "/oauth2/token" + more);

        assertThat(broker.send(posted("/oauth2/token", grant(INVOICES)).header("DPoP", proof))
                        .body())
                .containsEntry("token_type", "DPoP");
    }

    @Test
    void headers_that_claim_another_host_change_nothing() {
        String evil = "http://evil.example/oauth2/token";
        for (String[] headers : new String[][] {
            {"X-Forwarded-Host", "evil.example"},
            {"Forwarded", "host=evil.example;proto=http"},
            {"X-Original-URL", "/v1/agents"},
        }) {
            Answer answer = broker.send(posted("/oauth2/token", grant(INVOICES))
                    .headers(headers)
                    .header("DPoP", DpopKey.generate().proof("POST", evil)));
            assertThat(answer.error()).isEqualTo("invalid_dpop_proof");
            assertThat(broker.send(broker.request("/.well-known/oauth-authorization-server")
                                    .headers(headers))
                            .body())
                    .containsEntry("issuer", broker.issuer());
        }
    }

    @Test
    void a_certificate_from_an_address_that_is_no_proxys_is_not_believed() {
        for (String name :
                List.of("Client-Cert", "client-cert", "X-Client-Cert", "X-Forwarded-Client-Cert", "Client_Cert")) {
            Answer answer = broker.send(posted("/oauth2/token", grant("https://vault.example"))
                    .header(name, certificate.structured())
                    .header("X-Forwarded-For", "203.0.113.7"));
            assertThat(answer.error()).isEqualTo("invalid_request");
            assertThat(answer.description()).contains("client certificate");
        }
    }

    /** Neither the API nor introspection lets it in, introspection does not call it active, and revocation ends nothing by it. */
    private static void assertOpensNothing(String wrong) {
        assertThat(reading(wrong).status()).isEqualTo(401);
        assertThat(introspected(wrong, admin).status()).isEqualTo(401);
        assertThat(introspected(admin, wrong).body()).isEqualTo(Map.of("active", false));
        assertThat(broker.send(posted("/oauth2/revoke", form("token", wrong))).status())
                .isEqualTo(200);
        assertThat(reading(admin).status()).isEqualTo(200);
    }

    private static Answer reading(String bearer) {
        return broker.send(broker.request("/v1/agents").header("Authorization", "Bearer " + bearer));
    }

    private static Answer introspected(String bearer, String token) {
        return broker.send(
                posted("/oauth2/introspect", form("token", token)).header("Authorization", "Bearer " + bearer));
    }

    private static void assertRefused(String form, String error) {
        Answer answer = broker.post(form + "&" + form("resource", INVOICES));
        assertThat(answer.status()).isEqualTo(error.equals("invalid_client") ? 401 : 400);
        assertThat(answer.error()).isEqualTo(error);
    }

    private static HttpRequest.Builder posted(String path, String form) {
        return broker.request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
    }

    private static String grant(String resource) {
        return form("grant_type", RunningBroker.JWT_BEARER, "assertion", evidence(Map.of()), "resource", resource);
    }

    private static String token(String resource, String scope) {
        Answer answer = broker.exchange(evidence(Map.of()), "resource", resource, "scope", scope);
        return String.valueOf(answer.body().get("access_token"));
    }

    /** What the broker signs for whoever asks about a token (RFC 9701). */
    private static String introspection() {
        String answer = broker.send(posted("/oauth2/introspect", form("token", admin))
                        .header("Authorization", "Bearer " + admin)
                        .header("Accept", "application/token-introspection+jwt"))
                .http()
                .body();
        assertThat(answer.split("\\.", -1)).hasSize(3);
        return answer;
    }

    private static String evidence(Map<String, Object> changes) {
        return platform.token(broker.issuer(), claims -> claims.putAll(changes));
    }

    private static String claims() {
        return new String(Base64URL.from(part(evidence(Map.of()), 1)).decode(), StandardCharsets.UTF_8);
    }

    private static String headed(Map<String, Object> changes) {
        return platform.sign(platform.header(changes), claims());
    }

    private static String typed(String typ) {
        return headed(Map.of("typ", typ));
    }

    private static String nested() {
        return platform.sign(platform.header(Map.of("cty", "JWT")), evidence(Map.of()));
    }

    private static String encrypted() throws JOSEException {
        JWEHeader header = new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A128GCM)
                .contentType("JWT")
                .keyID(platform.key().getKeyID())
                .build();
        JWEObject jwe = new JWEObject(header, new Payload(evidence(Map.of())));
        jwe.encrypt(new RSAEncrypter(platform.key().toPublicJWK()));
        return jwe.serialize();
    }

    private static String flattened() {
        String jwt = evidence(Map.of());
        return json(Map.of("protected", part(jwt, 0), "payload", part(jwt, 1), "signature", part(jwt, 2)));
    }

    private static String unsigned(Map<String, Object> header, String alg, String claims) {
        return encoded(json(with(header, "alg", alg))) + "." + encoded(claims) + ".";
    }

    private static String hmac(Map<String, Object> header, String claims, byte[] secret) throws JOSEException {
        String input = encoded(json(with(header, "alg", "HS256"))) + "." + encoded(claims);
        return input + "."
                + new MACSigner(secret)
                        .sign(new JWSHeader(JWSAlgorithm.HS256), input.getBytes(StandardCharsets.US_ASCII));
    }

    private static String reheaded(String jwt, Map<String, Object> header) {
        return encoded(json(header)) + jwt.substring(jwt.indexOf('.'));
    }

    private static Map<String, Object> with(Map<String, Object> members, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(members);
        changed.put(name, value);
        return changed;
    }

    /** The object with a member of that name before all others. */
    private static String twice(String json, String member) {
        return json.replaceFirst("\\{", "{\"" + member + "\":\"x\",");
    }

    private static String json(Map<String, Object> members) {
        return JSONObjectUtils.toJSONString(members);
    }

    private static String encoded(String text) {
        return Base64URL.encode(text).toString();
    }

    private static String part(String jwt, int at) {
        return jwt.split("\\.", -1)[at];
    }
}
