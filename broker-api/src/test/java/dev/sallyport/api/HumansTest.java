package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People administer the broker by ID tokens of their identity provider, which also signs for workloads. */
class HumansTest {

    private static final String CLIENT = "sallyport-admin";
    private static final String ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";
    private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";

    private static final String BUNDLE = """
            trustProviders:
              - name: acme-people
                type: workforce
                issuer: "@platform@"
                audiences: [ sallyport-admin ]
                keys: { jwksUri: "@platform@/jwks" }
              - name: acme-programs
                type: oidc
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
            agents:
              - { name: alice, kind: human, bindings: [ { provider: acme-people, match: { sub: alice-7 } } ] }
              - { name: on-call, kind: human, bindings: [ { provider: acme-people, match: { groups: on-call } } ] }
              - { name: root, kind: workload, bindings: [ { provider: acme-programs, match: { sub: root } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - { name: all-administer, effect: allow, agents: [ { name: "*" } ], targets: [ sallyport ], actions: [ "*" ] }
              - { name: all-read, effect: allow, agents: [ { name: "*" } ], targets: [ invoices ], actions: [ "*" ] }
            """;

    @RegisterExtension
    static final Served SERVED = Served.with(BUNDLE);

    @Test
    void a_person_exchanges_an_id_token_and_administers_the_broker() {
        Answer answer = exchange(idToken(claims -> {}), "directory:read");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .containsEntry("issued_token_type", "urn:ietf:params:oauth:token-type:access_token")
                .containsEntry("scope", "directory:read");
        assertThat(SERVED.get("/v1/agents/alice", token(answer)).body()).containsEntry("kind", "human");
        assertThat(SERVED.broker().attempts().getLast())
                .containsEntry("agent", "alice")
                .containsEntry("target", "sallyport")
                .extracting("attestation", as(InstanceOfAssertFactories.map(String.class, Object.class)))
                .containsEntry("provider", "acme-people")
                .containsEntry("type", "workforce")
                .containsEntry("subject", "alice-7")
                .containsEntry("claims", Map.of("sub", "alice-7"));
    }

    @Test
    void a_group_binds_its_members_and_the_log_tells_them_apart() {
        Answer answer = exchange(
                idToken(claims -> {
                    claims.put("sub", "bob-8");
                    claims.put("groups", List.of("staff", "on-call"));
                }),
                "audit:read");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(SERVED.broker().attempts().getLast())
                .containsEntry("agent", "on-call")
                .extracting("attestation", as(InstanceOfAssertFactories.map(String.class, Object.class)))
                .containsEntry("subject", "bob-8");
        assertThat(exchange(idToken(claims -> claims.put("sub", "eve-9")), "audit:read")
                        .error())
                .isEqualTo("unauthorized_client");
    }

    @Test
    void an_id_token_counts_once_and_its_second_use_is_an_alert() {
        String idToken = idToken(claims -> {});

        assertThat(exchange(idToken, "no:such-scope").error()).isEqualTo("invalid_scope");
        assertThat(exchange(idToken, "audit:read").status()).isEqualTo(200);
        Answer again = exchange(idToken, "audit:read");

        assertThat(again.status()).isEqualTo(400);
        assertThat(again.error()).isEqualTo("invalid_request");
        assertThat(again.description()).contains("used before");
        assertThat(SERVED.broker().entries().stream()
                        .filter(entry -> entry.containsKey("alert"))
                        .toList()
                        .getLast())
                .containsEntry("alert", "evidence_used_again")
                .containsEntry("provider", "acme-people")
                .containsEntry("agent", "alice");
    }

    @Test
    void an_id_token_is_good_for_no_other_target() {
        Answer answer = SERVED.broker().post(form(idToken(claims -> {}), ID_TOKEN, "resource", INVOICES));

        assertThat(answer.error()).isEqualTo("invalid_target");
        assertThat(answer.description()).contains("broker's own API");
    }

    @Test
    void a_token_of_another_client_an_old_one_and_an_access_token_are_refused() {
        refused("audience", claims -> claims.put("aud", "intranet"));
        refused("another client", claims -> claims.put("azp", "intranet"));
        refused("audience", claims -> claims.put("aud", List.of(CLIENT, "intranet")));
        refused("audience", claims -> claims.put("aud", SERVED.issuer()));
        refused("5 minutes", claims -> claims.put("iat", Instant.now().getEpochSecond() - 302));
        refused("not an ID token", claims -> claims.put("scope", "openid"));
        refused("not an ID token", claims -> claims.put("typ", "Bearer"));
        String accessToken = SERVED.platform()
                .sign(
                        SERVED.platform().header(Map.of("typ", "at+jwt")),
                        JSONObjectUtils.toJSONString(
                                Map.of("iss", SERVED.platform().url(), "sub", "alice-7", "aud", CLIENT)));
        assertThat(exchange(accessToken, "audit:read").description()).contains("typ header");
    }

    @Test
    void people_and_workloads_do_not_use_each_others_doors() {
        assertThat(SERVED.broker()
                        .exchange(idToken(claims -> {}), "resource", SERVED.issuer() + "/v1", "scope", "audit:read")
                        .error())
                .isEqualTo("invalid_grant");
        assertThat(SERVED.broker().post(api(idToken(claims -> {}), JWT)).error())
                .isEqualTo("invalid_request");
        String program = SERVED.platform().token("acme-broker", claims -> claims.put("sub", "root"));
        assertThat(SERVED.broker().post(api(program, ID_TOKEN)).error()).isEqualTo("invalid_request");
        assertThat(SERVED.broker().post(api(program, JWT)).status()).isEqualTo(200);
        String posing = SERVED.platform().token("acme-broker", claims -> claims.put("sub", "alice-7"));
        assertThat(SERVED.broker().post(api(posing, JWT)).error()).isEqualTo("unauthorized_client");
    }

    @Test
    void a_suspended_person_is_out_at_once() {
        String root = token(SERVED.broker()
                .post(form(
                        SERVED.platform().token("acme-broker", claims -> claims.put("sub", "root")),
                        JWT,
                        "resource",
                        SERVED.issuer() + "/v1",
                        "scope",
                        "revocation:write system:write")));
        String alice = token(exchange(idToken(claims -> {}), "directory:read"));
        assertThat(SERVED.get("/v1/agents", alice).status()).isEqualTo(200);

        assertThat(post("/v1/agents/alice/suspend", root, "{\"reason\": \"lost her laptop\"}")
                        .status())
                .isEqualTo(200);
        assertThat(SERVED.get("/v1/agents", alice).status()).isEqualTo(401);
        assertThat(exchange(idToken(claims -> {}), "directory:read").error()).isEqualTo("unauthorized_client");
        assertThat(post("/v1/agents/alice/resume", root, null).status()).isEqualTo(200);
    }

    @Test
    void what_binds_people_is_written_by_whoever_may_make_an_admin_and_exactly() {
        String root = token(exchange(idToken(claims -> {}), "directory:write system:write"));
        String directory = token(exchange(idToken(claims -> {}), "directory:write"));
        String byMail = "{\"kind\": \"human\", \"bindings\": "
                + "[{\"provider\": \"acme-people\", \"match\": {\"email\": \"eve@acme.example\"}}]}";
        String bySub = byMail.replace("email", "sub").replace("eve@acme.example", "eve-9");
        String workload = bySub.replace("human", "workload");

        Answer refused = put("/v1/agents/eve", root, byMail);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).containsEntry("field", "bindings[0].match.email");
        assertThat(put("/v1/agents/eve", root, workload).body()).containsEntry("field", "bindings[0].provider");
        assertThat(put("/v1/agents/eve", directory, bySub).status()).isEqualTo(403);
        assertThat(put("/v1/trust-providers/more-people", directory, "{\"type\": \"workforce\"}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void an_id_token_can_be_tried() {
        String root = token(exchange(idToken(claims -> {}), "system:write"));

        Answer good = post("/v1/trust-providers/acme-people/test", root, tried(idToken(claims -> {})));
        Answer old = post(
                "/v1/trust-providers/acme-people/test",
                root,
                tried(idToken(claims -> claims.put("iat", Instant.now().getEpochSecond() - 302))));

        assertThat(good.body()).containsEntry("accepted", true);
        assertThat(old.body()).containsEntry("accepted", false).containsEntry("check", "issued_at");
    }

    private static void refused(String why, Consumer<Map<String, Object>> change) {
        Answer answer = exchange(idToken(change), "audit:read");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_request");
        assertThat(answer.description()).contains(why);
    }

    /** Alice's, but for the change. */
    private static String idToken(Consumer<Map<String, Object>> change) {
        return SERVED.platform().token(CLIENT, claims -> {
            claims.put("sub", "alice-7");
            claims.put("azp", CLIENT);
            claims.put("nonce", UUID.randomUUID().toString());
            change.accept(claims);
        });
    }

    private static Answer exchange(String idToken, String scope) {
        return SERVED.broker().post(form(idToken, ID_TOKEN, "resource", SERVED.issuer() + "/v1", "scope", scope));
    }

    private static String api(String evidence, String type) {
        return form(evidence, type, "resource", SERVED.issuer() + "/v1", "scope", "audit:read");
    }

    private static String form(String evidence, String type, String... more) {
        return RunningBroker.form(
                        "grant_type", TokenExchangeTest.GRANT, "subject_token", evidence, "subject_token_type", type)
                + "&"
                + RunningBroker.form(more);
    }

    private static String token(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static String tried(String evidence) {
        return "{\"evidence\": \"" + evidence + "\"}";
    }

    private static Answer post(String path, String token, @Nullable String body) {
        HttpRequest.Builder request = SERVED.api(path, token);
        return SERVED.broker()
                .send(
                        body == null
                                ? request.POST(BodyPublishers.noBody())
                                : request.header("Content-Type", "application/json")
                                        .POST(BodyPublishers.ofString(body)));
    }

    private static Answer put(String path, String token, String body) {
        return SERVED.broker()
                .send(SERVED.api(path, token)
                        .header("Content-Type", "application/json")
                        .header("If-None-Match", "*")
                        .PUT(BodyPublishers.ofString(body)));
    }
}
