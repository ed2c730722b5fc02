package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.JWT_BEARER;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JWT-SVIDs at both doors, evidence that is bound to a key, and tokens that outlast their evidence. */
class EvidenceUseTest {

    private static final String BOT = "spiffe://example.org/ns/billing/sa/invoice-bot";

    private static final String BUNDLE = """
            trustProviders:
              - { name: mesh, type: spiffe, trustDomain: example.org, keys: { jwks: @bundle@ } }
              - { name: other-mesh, type: spiffe, trustDomain: example.com, keys: { jwks: @bundle@ } }
              - name: bound
                type: oidc
                issuer: "@platform@/bound"
                keys: { jwksUri: "@platform@/jwks" }
                bindProof: required
              - name: brief
                type: oidc
                issuer: "@platform@/brief"
                keys: { jwksUri: "@platform@/jwks" }
                maxTtlBeyondEvidence: PT2M
            agents:
              - name: invoice-bot
                kind: workload
                bindings:
                  - { provider: mesh, match: { path: /ns/billing/sa/invoice-bot, trust_domain: example.org } }
                  - { provider: bound, match: { sub: bot } }
                  - { provider: brief, match: { sub: bot } }
              - { name: stranger, kind: workload, bindings: [ { provider: bound, match: { sub: stranger } } ] }
              - { name: root, kind: workload, bindings: [ { provider: brief, match: { sub: root } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - { name: reads, effect: allow, agents: [ { name: invoice-bot } ], targets: [ invoices ], actions: [ "*" ] }
              - { name: admins, effect: allow, agents: [ { name: root } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        Map<String, Object> key = new HashMap<>(platform.key().toPublicJWK().toJSONObject());
        key.put("use", "jwt-svid");
        Map<String, Object> x509 = new HashMap<>(key);
        x509.put("use", "x509-svid");
        x509.remove("kid");
        String bundle = JSONObjectUtils.toJSONString(
                Map.of("keys", List.of(x509, key), "spiffe_refresh_hint", 300, "spiffe_sequence", 7));
        broker = RunningBroker.start(directory, platform, BUNDLE.replace("@bundle@", bundle));
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_jwt_svid_gets_a_token_at_each_door() {
        Answer grant = broker.exchange(svid(BOT, null));
        Answer client = asClient(svid(BOT, null), "client_id", BOT);

        assertThat(grant.status()).isEqualTo(200);
        assertThat(client.status()).isEqualTo(200);
        assertThat(broker.attempts().getLast())
                .extracting("attestation", as(InstanceOfAssertFactories.map(String.class, Object.class)))
                .containsEntry("provider", "mesh")
                .containsEntry("subject", BOT)
                .containsEntry(
                        "claims",
                        Map.of("spiffe_id", BOT, "trust_domain", "example.org", "path", "/ns/billing/sa/invoice-bot"));
    }

    @Test
    void an_issuer_in_the_svid_changes_nothing() {
        assertThat(broker.exchange(svid(BOT, "https://spire.example.org")).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://example.net/ns/billing/sa/invoice-bot",
                "spiffe://example.org",
                "spiffe://example.org/ns//invoice-bot",
                "repo:acme/bot"
            })
    void a_subject_outside_of_the_trust_domains_is_refused_at_both_doors(String subject) {
        assertThat(broker.exchange(svid(subject, null)).error()).isEqualTo("invalid_grant");
        assertThat(asClient(svid(subject, null)).error()).isEqualTo("invalid_client");
    }

    @Test
    void trust_domains_do_not_speak_for_each_other() {
        assertThat(broker.exchange(svid("spiffe://example.com/ns/billing/sa/invoice-bot", null))
                        .error())
                .isEqualTo("unauthorized_client");
    }

    @Test
    void evidence_that_must_be_bound_needs_a_proof_and_belongs_to_its_first_key() {
        String evidence = token("bound", "bot", soon());
        DpopKey owner = DpopKey.generate();
        DpopKey thief = DpopKey.generate();

        assertThat(broker.exchange(evidence).error()).isEqualTo("invalid_dpop_proof");
        assertThat(bound(evidence, owner).status()).isEqualTo(200);
        assertThat(bound(evidence, owner).status()).isEqualTo(200);
        Answer refused = bound(evidence, thief);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.description()).contains("bound to another key");

        Map<String, Object> alert = broker.entries().getLast();
        assertThat((Map<?, ?>) alert.get("leaf")).extracting("type").isEqualTo("alert");
        assertThat(alert)
                .containsEntry("alert", "evidence_of_another_key")
                .containsEntry("provider", "bound")
                .containsEntry("agent", "invoice-bot")
                .containsEntry("cnf", Map.of("jkt", thief.thumbprint()))
                .containsEntry("attempt", broker.attempts().getLast().get("decision_id"));
        assertThat(bound(evidence, owner).status()).isEqualTo(200);
    }

    @Test
    void who_may_have_no_token_binds_nothing() {
        String evidence = token("bound", "stranger", soon());

        assertThat(bound(evidence, DpopKey.generate()).error()).isEqualTo("invalid_target");
        assertThat(broker.entries())
                .noneSatisfy(entry -> assertThat(entry)
                        .containsEntry("alert", "evidence_of_another_key")
                        .containsEntry("agent", "stranger"));
    }

    @Test
    void a_token_outlasts_brief_evidence_as_long_as_the_trust_provider_of_today_lets_it() throws ParseException {
        Instant ends = Instant.now().plusSeconds(4);
        Answer answer = broker.exchange(token("brief", "bot", ends));
        assertThat(answer.status()).isEqualTo(200);
        String token = String.valueOf(answer.body().get("access_token"));
        assertThat(expiry(token)).isEqualTo(ends.getEpochSecond() + 120);

        await().until(() -> Instant.now().isAfter(ends));
        assertThat(active(token)).isEqualTo("true");

        HttpRequest.Builder change = broker.request("/v1/trust-providers/brief")
                .header("If-Match", "*")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + admin());
        Answer changed = broker.send(change.PUT(BodyPublishers.ofString(JSONObjectUtils.toJSONString(Map.of(
                "type",
                "oidc",
                "issuer",
                platform.url() + "/brief",
                "keys",
                Map.of("jwksUri", platform.url() + "/jwks"),
                "maxTtlBeyondEvidence",
                "PT0S")))));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(active(token)).isEqualTo("false");
    }

    private static String active(String token) {
        Answer answer = broker.send(broker.request("/oauth2/introspect")
                .header("Authorization", "Bearer " + admin())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(RunningBroker.form("token", token))));
        return String.valueOf(answer.body().get("active"));
    }

    private static String admin() {
        Answer answer = broker.exchange(
                token("brief", "root", soon()),
                "resource",
                broker.issuer() + "/v1",
                "scope",
                "introspect system:write");
        return String.valueOf(answer.body().get("access_token"));
    }

    private static long expiry(String token) throws ParseException {
        return SignedJWT.parse(token)
                .getJWTClaimsSet()
                .getExpirationTime()
                .toInstant()
                .getEpochSecond();
    }

    private static Instant soon() {
        return Instant.now().plusSeconds(300);
    }

    private static String token(String issuer, String subject, Instant ends) {
        return platform.token(broker.issuer(), claims -> {
            claims.put("iss", platform.url() + "/" + issuer);
            claims.put("sub", subject);
            claims.put("exp", ends.getEpochSecond());
            claims.put("nonce", UUID.randomUUID().toString());
        });
    }

    private static String svid(String subject, @Nullable String issuer) {
        return platform.token(broker.issuer(), claims -> {
            claims.remove("iss");
            if (issuer != null) {
                claims.put("iss", issuer);
            }
            claims.put("aud", List.of(broker.issuer()));
            claims.put("sub", subject);
        });
    }

    private static Answer bound(String evidence, DpopKey key) {
        HttpRequest.Builder request = broker.request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("DPoP", key.proof("POST", broker.issuer() + "/oauth2/token"));
        return broker.send(request.POST(BodyPublishers.ofString(
                RunningBroker.form("grant_type", JWT_BEARER, "assertion", evidence, "resource", INVOICES))));
    }

    private static Answer asClient(String svid, String... more) {
        String form = RunningBroker.form(
                "grant_type",
                "client_credentials",
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe",
                "client_assertion",
                svid,
                "resource",
                INVOICES);
        return broker.post(more.length == 0 ? form : form + "&" + RunningBroker.form(more));
    }
}
