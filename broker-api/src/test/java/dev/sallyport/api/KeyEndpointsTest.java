package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.config.Database;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.verify.VerifyCommand;
import dev.sallyport.core.jwt.Ed25519Verifier;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine;

/** The broker's keys from outside, on two replicas that share a database. */
class KeyEndpointsTest {

    private static final String ISSUER = "https://broker.example";
    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: admin, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
            targets:
              - { name: es256, resource: "https://invoices.example/mcp", kind: api, actions: [ read ] }
              - name: eddsa
                resource: https://eddsa.example
                kind: api
                actions: [ read ]
                token: { alg: EdDSA }
              - name: rs256
                resource: https://rs256.example
                kind: api
                actions: [ read ]
                token: { alg: RS256 }
            policies:
              - { name: reads, effect: allow, agents: [ { name: admin } ], targets: [ es256, eddsa, rs256 ], actions: [ read ] }
              - { name: admin, effect: allow, agents: [ { name: admin } ], targets: [ sallyport ], actions: [ "*" ] }
            """;
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker one;
    static RunningBroker two;

    @BeforeAll
    static void start() throws Exception {
        platform = TestPlatform.start();
        one = RunningBroker.start(
                Files.createDirectory(directory.resolve("one")),
                platform,
                BUNDLE,
                List.of("--sallyport.issuer=" + ISSUER, "--sallyport.key-publish-ahead=PT10S"));
        Database database = one.context().getBean(Database.class);
        PGSimpleDataSource owner = (PGSimpleDataSource) database.owner();
        two = RunningBroker.start(
                Files.createDirectory(directory.resolve("two")),
                platform,
                BUNDLE,
                List.of(
                        "--sallyport.issuer=" + ISSUER,
                        "--sallyport.key-publish-ahead=PT10S",
                        "--sallyport.key-encryption-key=" + one.data().resolve("key-encryption-key"),
                        "--spring.datasource.url=" + database.broker().getUrl(),
                        "--spring.datasource.username=" + database.broker().getUser(),
                        "--spring.datasource.password=" + database.broker().getPassword(),
                        "--spring.flyway.user=" + owner.getUser(),
                        "--spring.flyway.password=" + owner.getPassword()));
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
        platform.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://invoices.example/mcp ES256",
                "https://eddsa.example EdDSA",
                "https://rs256.example RS256"
            })
    void a_token_of_each_algorithm_verifies_with_the_key_set_alone(String resourceAndAlg) throws Exception {
        String[] parts = resourceAndAlg.split(" ", 2);
        SignedJWT token = SignedJWT.parse(token(one, parts[0]));

        assertThat(token.getHeader().getAlgorithm().getName()).isEqualTo(parts[1]);
        JWK key =
                Objects.requireNonNull(jwks(two).getKeyByKeyId(token.getHeader().getKeyID()));
        assertThat(key.getAlgorithm()).isEqualTo(token.getHeader().getAlgorithm());
        assertThat(token.verify(verifier(key))).isTrue();
    }

    @Test
    void a_next_key_is_published_by_every_replica_before_it_signs_and_then_signs_at_both() throws Exception {
        String before = kid(token(one, "https://eddsa.example"));
        Answer rotated = admin(one, "POST", "/v1/keys/rotate", "{\"alg\": \"EdDSA\", \"reason\": \"drill\"}");
        Map<String, Object> next = keys(rotated.body().get("keys")).getFirst();
        assertThat(rotated.status()).isEqualTo(200);
        assertThat(next).containsEntry("alg", "EdDSA").containsEntry("status", "next");
        String kid = String.valueOf(next.get("kid"));

        assertThat(jwks(one).getKeyByKeyId(kid)).isNotNull();
        Awaitility.await().atMost(AT_ONCE).until(() -> published(two, kid));
        assertThat(kid(token(two, "https://eddsa.example"))).isEqualTo(before);
        assertThat(keys(admin(two, "POST", "/v1/keys/rotate", "{\"alg\": \"EdDSA\"}")
                        .body()
                        .get("keys")))
                .extracting(each -> each.get("kid"))
                .containsExactly(kid);

        Awaitility.await()
                .atMost(SOON)
                .until(() -> kid(token(two, "https://eddsa.example")).equals(kid));
        assertThat(kid(token(one, "https://eddsa.example"))).isEqualTo(kid);
        assertThat(published(one, before)).isTrue();
        assertThat(statusOf(two, before)).isEqualTo("retired");
    }

    @Test
    void a_revoked_key_counts_nowhere_within_a_second_and_the_next_one_signs() throws Exception {
        String token = token(one, ISSUER + "/v1");
        String kid = kid(token);
        assertThat(list(two, token).status()).isEqualTo(200);

        Answer revoked = admin(one, "POST", "/v1/keys/" + kid + "/revoke", "{\"reason\": \"leaked\"}");

        assertThat(revoked.body()).containsEntry("status", "revoked").containsKey("removed");
        assertThat(list(one, token).status()).isEqualTo(401);
        Awaitility.await().atMost(AT_ONCE).until(() -> !published(two, kid));
        assertThat(list(two, token).status()).isEqualTo(401);
        assertThat(kid(token(two, ISSUER + "/v1"))).isNotEqualTo(kid).isEqualTo(kid(token(one, ISSUER + "/v1")));
        assertThat(statusOf(two, kid)).isEqualTo("revoked");
        assertThat(one.entries())
                .filteredOn(each -> kid.equals(each.get("kid")) && each.containsKey("reason"))
                .singleElement()
                .satisfies(each -> assertThat(each)
                        .containsEntry("reason", "leaked")
                        .containsEntry("author", "admin")
                        .containsEntry("purpose", "token"));
    }

    @Test
    void who_may_not_is_refused_and_mistakes_are_told() {
        assertThat(one.send(one.request("/v1/keys")).status()).isEqualTo(401);
        String reads = ask(one, ISSUER + "/v1", "audit:read");
        assertThat(list(one, reads).status()).isEqualTo(403);
        assertThat(admin(one, "POST", "/v1/keys/unknown/revoke", "{\"reason\": \"x\"}")
                        .status())
                .isEqualTo(404);
        assertThat(admin(one, "POST", "/v1/keys/unknown/revoke", "").status()).isEqualTo(422);
        assertThat(admin(one, "POST", "/v1/keys/rotate", "{\"alg\": \"HS256\"}").status())
                .isEqualTo(422);
        assertThat(admin(one, "POST", "/v1/keys/rotate", "{\"purpose\": \"other\"}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void the_log_verifies_with_either_key_while_one_takes_over_and_then_with_the_other() {
        String first = logKeys().getLast();
        assertThat(verifies(first)).isTrue();

        assertThat(admin(two, "POST", "/v1/keys/rotate", "{\"purpose\": \"log\"}")
                        .status())
                .isEqualTo(200);
        Awaitility.await()
                .atMost(SOON)
                .until(() -> logKeys().size() == 2 && verifies(logKeys().getFirst()));
        String second = logKeys().getFirst();
        assertThat(second).isNotEqualTo(first);
        assertThat(verifies(first)).isTrue();
        assertThat(verifies(null)).isTrue();

        String old = keys(list(one, token(one, ISSUER + "/v1")).body().get("items")).stream()
                .filter(key -> "log".equals(key.get("purpose")) && !key.containsKey("removed"))
                .map(key -> String.valueOf(key.get("kid")))
                .toList()
                .getLast();
        assertThat(admin(one, "POST", "/v1/keys/" + old + "/revoke", "{\"reason\": \"leaked\"}")
                        .status())
                .isEqualTo(200);
        assertThat(logKeys()).containsExactly(second);
        assertThat(verifies(second)).isTrue();
        assertThat(verifies(first)).isFalse();
    }

    private static List<String> logKeys() {
        return one.send(one.request("/log/key")).http().body().lines().toList();
    }

    private static boolean verifies(@Nullable String key) {
        CommandLine verify = new CommandLine(new VerifyCommand());
        verify.setOut(new PrintWriter(new StringWriter()));
        verify.setErr(new PrintWriter(new StringWriter()));
        String url = one.request("/").build().uri().resolve("/").toString().replaceAll("/$", "");
        return (key == null ? verify.execute(url) : verify.execute(url, "--key", key)) == 0;
    }

    private static JWSVerifier verifier(JWK key) throws Exception {
        return switch (key.getAlgorithm().getName()) {
            case "ES256" -> new ECDSAVerifier(key.toECKey());
            case "RS256" -> new RSASSAVerifier(key.toRSAKey());
            default -> new Ed25519Verifier(key.toOctetKeyPair(), null);
        };
    }

    private static JWKSet jwks(RunningBroker broker) throws Exception {
        return JWKSet.parse(broker.send(broker.request("/oauth2/jwks")).http().body());
    }

    private static boolean published(RunningBroker broker, String kid) {
        return broker.context().getBean(LiveState.class).current().keys().published().stream()
                .anyMatch(key -> key.kid().equals(kid));
    }

    private static String kid(String token) throws Exception {
        return SignedJWT.parse(token).getHeader().getKeyID();
    }

    private static String statusOf(RunningBroker broker, String kid) {
        return keys(list(broker, token(broker, ISSUER + "/v1")).body().get("items")).stream()
                .filter(key -> kid.equals(key.get("kid")))
                .map(key -> String.valueOf(key.get("status")))
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> keys(@Nullable Object list) {
        return (List<Map<String, Object>>) Objects.requireNonNull(list);
    }

    private static Answer list(RunningBroker broker, String token) {
        return broker.send(broker.request("/v1/keys").header("Authorization", "Bearer " + token));
    }

    private static Answer admin(RunningBroker broker, String method, String path, String body) {
        return broker.send(broker.request(path)
                .header("Authorization", "Bearer " + token(broker, ISSUER + "/v1"))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    private static String token(RunningBroker broker, String resource) {
        return ask(broker, resource, resource.endsWith("/v1") ? "operations:read system:write" : "read");
    }

    private static String ask(RunningBroker broker, String resource, String scope) {
        Answer answer = broker.exchange(platform.token(ISSUER, claims -> {}), "resource", resource, "scope", scope);
        return String.valueOf(answer.body().get("access_token"));
    }
}
