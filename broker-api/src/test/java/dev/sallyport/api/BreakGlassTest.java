package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.breakglass.BreakGlassCommand;
import dev.sallyport.api.config.Database;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The database's owner lets somebody in when no admin is left: for a while, and never unseen. */
class BreakGlassTest {

    /** Nobody may use the API, and a policy says so to everybody. */
    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: invoice-bot, kind: workload, bindings: [ { provider: ci, match: { sub: bot } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - { name: all-read, effect: allow, agents: [ { name: "*" } ], targets: [ invoices ], actions: [ "*" ] }
              - { name: nobody, effect: deny, agents: [ { name: "*" } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    @RegisterExtension
    static final Served SERVED = Served.with(BUNDLE);

    private record Ran(int code, String out, String err) {}

    @Test
    void the_owner_of_the_database_gets_in_past_all_documents_and_the_log_said_so_before() throws ParseException {
        Ran ran = breakGlass("--for", "PT30M", "--reason", "the last admin policy was removed");
        assertThat(ran.code()).isZero();
        Map<String, Object> alert = SERVED.broker().entries().stream()
                .filter(entry -> entry.containsKey("alert"))
                .toList()
                .getLast();
        assertThat((Map<?, ?>) alert.get("leaf")).extracting("type").isEqualTo("alert");
        assertThat(alert)
                .containsEntry("alert", "break_glass")
                .containsEntry("author", "sallyport_owner")
                .containsEntry("reason", "the last admin policy was removed")
                .containsKeys("agent", "jkt", "until", "client_ip");
        assertThat(Instant.parse(String.valueOf(alert.get("until"))))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(29)),
                        Instant.now().plus(Duration.ofMinutes(31)));

        String token = String.valueOf(admitted(ran.out()).body().get("access_token"));

        assertThat(SignedJWT.parse(token).getJWTClaimsSet().getAudience()).containsExactly(SERVED.issuer() + "/v1");
        assertThat(SERVED.broker().attempts().getLast()).containsEntry("agent", alert.get("agent"));
        Answer replayed = SERVED.broker()
                .send(SERVED.api("/v1/policy-replays", token)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofString("{\"changes\": {}, \"last\": \"P1D\"}")));
        assertThat(replayed.body()).containsEntry("unreadable", 0L).containsEntry("complete", true);
        assertThat((Long) replayed.body().get("notDecided")).isPositive();
        String policy = "{\"effect\": \"allow\", \"agents\": [{\"name\": \"invoice-bot\"}],"
                + " \"targets\": [\"sallyport\"], \"actions\": [\"audit:read\"]}";
        assertThat(SERVED.broker()
                        .send(SERVED.broker()
                                .request("/v1/policies/repaired")
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .header("If-None-Match", "*")
                                .PUT(BodyPublishers.ofString(policy)))
                        .status())
                .isEqualTo(201);
        assertThat(SERVED.broker().exchange(ran.out()).error()).isEqualTo("invalid_target");
        assertThat(SERVED.broker().exchange(SERVED.evidence("sub", "bot")).status())
                .isEqualTo(200);
        assertThat(api(SERVED.evidence("sub", "bot")).error()).isEqualTo("invalid_target");
    }

    @Test
    void what_was_opened_can_be_ended_at_once() {
        Ran ran = breakGlass("--reason", "a drill");
        String token = String.valueOf(admitted(ran.out()).body().get("access_token"));
        assertThat(SERVED.get("/v1/policies", token).status()).isEqualTo(200);

        assertThat(breakGlass("--end", "--reason", "the drill is over").err()).contains("ended");

        assertThat(SERVED.get("/v1/policies", token).status()).isEqualTo(401);
        await().atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(api(ran.out()).error()).isEqualTo("invalid_grant"));
        assertThat(SERVED.broker().entries())
                .anySatisfy(entry -> assertThat(entry)
                        .containsEntry("alert", "break_glass_closed")
                        .containsEntry("reason", "the drill is over"));
    }

    @Test
    void nothing_outlasts_the_time_that_was_given() throws SQLException, JOSEException, ParseException {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("long").generate();
        Instant until = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(5);
        try (Connection owner = owner().getConnection();
                PreparedStatement insert = owner.prepareStatement(
                        "INSERT INTO sallyport.break_glass (name, jwk, until) VALUES ('break-glass-long', ?, ?)");
                Statement epoch = owner.createStatement()) {
            insert.setString(1, key.toPublicJWK().toJSONString());
            insert.setObject(2, until.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
            epoch.execute("UPDATE sallyport.log_head SET epoch = epoch + 1");
        }
        String evidence = selfSigned(key, "break-glass-long");

        String token = String.valueOf(admitted(evidence).body().get("access_token"));

        assertThat(SignedJWT.parse(token).getJWTClaimsSet().getExpirationTime()).isEqualTo(Date.from(until));
        await().until(() -> !Instant.now().isBefore(until));
        assertThat(api(evidence).error()).isEqualTo("invalid_grant");
        assertThat(SERVED.get("/v1/policies", token).status()).isEqualTo(401);
    }

    @Test
    void nobody_but_the_owner_opens_a_door_and_not_for_long() {
        String door = "INSERT INTO sallyport.break_glass (name, jwk, until) VALUES ('x', '{}', now() + interval '%s')";

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> execute(
                        SERVED.broker().context().getBean(Database.class).broker(), door.formatted("1 hour")))
                .withMessageContaining("permission denied");
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> execute(owner(), door.formatted("5 hours")))
                .withMessageContaining("violates check constraint");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT5H", "PT10S", "an hour", "-PT1H"})
    void an_odd_length_is_a_mistake_in_the_options(String length) {
        Ran ran = breakGlass("--for=" + length, "--reason", "a drill");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("for:");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void a_role_that_does_not_own_the_schema_is_refused() {
        Ran ran = breakGlass("--database-user", "sallyport_broker", "--reason", "let me in");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("permission denied");
        assertThat(ran.out()).isEmpty();
    }

    private static Ran breakGlass(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all =
                new ArrayList<>(List.of("--data", SERVED.broker().data().toString()));
        all.addAll(List.of(options));
        int code = new CommandLine(new BreakGlassCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
        return new Ran(code, out.toString().strip(), err.toString());
    }

    /** The broker hears of it within a second. */
    private static Answer admitted(String evidence) {
        return await().atMost(Duration.ofSeconds(2)).until(() -> api(evidence), answer -> answer.status() == 200);
    }

    private static Answer api(String evidence) {
        return SERVED.broker()
                .exchange(
                        evidence, "resource", SERVED.issuer() + "/v1", "scope", "policy:read audit:read system:write");
    }

    private static String selfSigned(ECKey key, String name) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder()
                        .issuer("https://break-glass.invalid/" + name)
                        .subject(name)
                        .audience(SERVED.issuer())
                        .expirationTime(Date.from(Instant.now().plusSeconds(3600)))
                        .build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private static DataSource owner() {
        return SERVED.broker().context().getBean(Database.class).owner();
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
