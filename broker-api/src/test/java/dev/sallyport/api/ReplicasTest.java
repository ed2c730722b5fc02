package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.config.Database;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.local.LocalPostgres;
import dev.sallyport.api.local.LocalPostgres.Role;
import dev.sallyport.api.state.LiveState;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Two brokers that share nothing but a database: what is changed through one holds for the other. */
class ReplicasTest {

    private static final String ISSUER = "https://broker.example";
    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: other, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1002" } } ] }
              - { name: admin, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: api
                actions: [ read, write ]
                defaultActions: [ read ]
            policies:
              - { name: all-read, effect: allow, agents: [ { kind: workload } ], targets: [ invoices ], actions: [ read ] }
              - { name: admin, effect: allow, agents: [ { name: admin } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    private static final String BOT = "1001";
    private static final String OTHER = "1002";
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(3);

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static DataDirectory data;
    static LocalPostgres postgres;
    static RunningBroker one;
    static RunningBroker two;

    @BeforeAll
    static void start() throws IOException {
        platform = TestPlatform.start();
        data = DataDirectory.open(directory.resolve("shared"));
        postgres = LocalPostgres.start(data);
        Path key =
                Files.writeString(directory.resolve("key"), Base64.getEncoder().encodeToString(new byte[32]));
        one = replica("one", key);
        two = replica("two", key);
    }

    @Test
    void a_dpop_proof_that_came_with_a_change_is_good_at_no_other_replica_and_a_nonce_at_all() {
        DpopKey key = DpopKey.generate();
        String form = RunningBroker.form(
                "grant_type",
                RunningBroker.JWT_BEARER,
                "assertion",
                platform.token(ISSUER, claims -> claims.put("repository_id", "9000")),
                "resource",
                ISSUER + "/v1",
                "scope",
                "directory:read revocation:write");
        Answer issued = one.send(one.request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("DPoP", key.proof("POST", ISSUER + "/oauth2/token"))
                .POST(BodyPublishers.ofString(form)));
        String token = String.valueOf(issued.body().get("access_token"));
        String nonce = issued.http().headers().firstValue("DPoP-Nonce").orElseThrow();
        String proof = key.proofWith(token, "POST", ISSUER + "/v1/agents/other/resume");
        String read = key.proof("GET", ISSUER + "/v1/agents", claims -> {
            claims.put("nonce", nonce);
            claims.put("ath", DpopKey.hash(token));
        });

        assertThat(resume(one, token, proof).status()).isEqualTo(200);
        assertThat(resume(one, token, proof).status()).isEqualTo(401);
        Answer elsewhere = resume(two, token, proof);
        assertThat(elsewhere.status()).isEqualTo(401);
        assertThat(elsewhere.http().headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("invalid_dpop_proof")
                .contains("used before");
        assertThat(two.send(two.request("/v1/agents")
                                .header("Authorization", "DPoP " + token)
                                .header("DPoP", read))
                        .status())
                .isEqualTo(200);
    }

    private static Answer resume(RunningBroker replica, String token, String proof) {
        return replica.send(replica.request("/v1/agents/other/resume")
                .header("Authorization", "DPoP " + token)
                .header("DPoP", proof)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
    }

    private static RunningBroker replica(String name, Path key) throws IOException {
        PGSimpleDataSource runs = postgres.dataSource(Role.BROKER);
        PGSimpleDataSource owns = postgres.dataSource(Role.OWNER);
        return RunningBroker.start(
                Files.createDirectory(directory.resolve(name)),
                platform,
                BUNDLE,
                List.of(
                        "--sallyport.issuer=" + ISSUER,
                        "--sallyport.replica=" + name,
                        "--sallyport.key-encryption-key=" + key,
                        "--spring.datasource.url=" + runs.getUrl(),
                        "--spring.datasource.username=" + runs.getUser(),
                        "--spring.datasource.password=" + runs.getPassword(),
                        "--spring.flyway.user=" + owns.getUser(),
                        "--spring.flyway.password=" + owns.getPassword()));
    }

    @AfterAll
    static void stop() throws IOException {
        one.close();
        two.close();
        postgres.close();
        data.close();
        platform.close();
    }

    @AfterEach
    void resume() {
        assertThat(admin(one, "POST", "/v1/agents/bot/resume", "{}").status()).isEqualTo(200);
        Awaitility.await().atMost(SOON).until(() -> !knowsSuspension(one) && !knowsSuspension(two));
    }

    @Test
    void no_token_of_a_suspended_agent_stands_behind_its_suspension_in_the_log() throws Exception {
        List<Integer> suspensions = new ArrayList<>();
        Load load = new Load();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = load.on(callers, 3);
            try {
                for (int round = 0; round < 4; round++) {
                    suspensions.add(suspendedUnderLoad(load, round % 2 == 0 ? one : two, round % 2 == 0 ? two : one));
                }
            } finally {
                load.stop();
            }
            for (Future<Void> each : running) {
                each.get();
            }
        }

        List<Map<String, Object>> entries = one.entries();
        assertThat(entries).extracting(each -> each.get("index")).containsExactlyElementsOf(indexesUpTo(size()));
        for (int suspension : suspensions) {
            int resumption = first(entries.subList(suspension, entries.size()), "resumed");
            assertThat(entries.subList(suspension, resumption))
                    .noneMatch(each -> issued(each, "bot"))
                    .anyMatch(each -> issued(each, "other") && "one".equals(each.get("replica")))
                    .anyMatch(each -> issued(each, "other") && "two".equals(each.get("replica")));
        }
        assertThat(entries)
                .filteredOn(each -> issued(each, "bot"))
                .extracting(each -> leaf(each).get("jti"))
                .containsAll(load.tokensOfBot);
    }

    /** Suspends through one of the brokers and resumes through the other; returns the index of the suspension's entry. */
    private static int suspendedUnderLoad(Load load, RunningBroker through, RunningBroker other) {
        int before = load.tokensOfBot.size();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> load.tokensOfBot.size() > before + 40);
        assertThat(suspend(through).status()).isEqualTo(200);
        int suspension = first(one.entries().reversed(), "suspended");
        int others = load.tokensOfOther.size();
        Awaitility.await().atMost(AT_ONCE).until(() -> knowsSuspension(other));
        assertThat(ask(other, BOT, "read").error()).isEqualTo("unauthorized_client");
        assertThat(ask(through, BOT, "read").error()).isEqualTo("unauthorized_client");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> load.tokensOfOther.size() > others + 40);
        assertThat(admin(other, "POST", "/v1/agents/bot/resume", "{}").body()).containsEntry("status", "active");
        return suspension;
    }

    @Test
    void a_replica_that_serves_nobody_learns_of_a_suspension_within_a_second() {
        assertThat(suspend(one).status()).isEqualTo(200);

        Awaitility.await().atMost(AT_ONCE).until(() -> knowsSuspension(two));
        assertThat(ask(two, BOT, "read").error()).isEqualTo("unauthorized_client");
        assertThat(ask(two, OTHER, "read").status()).isEqualTo(200);
    }

    @Test
    void a_suspension_is_learned_although_its_notification_was_lost() throws SQLException {
        try (Connection connection = postgres.dataSource(Role.BROKER).getConnection();
                Statement statement = connection.createStatement();
                ResultSet ended = statement.executeQuery("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE application_name = 'sallyport feed'")) {
            ended.next();
            assertThat(ended.getInt(1)).isEqualTo(2);
        }
        assertThat(suspend(one).status()).isEqualTo(200);

        Awaitility.await().atMost(SOON).until(() -> knowsSuspension(two));
        assertThat(ask(two, BOT, "read").error()).isEqualTo("unauthorized_client");
    }

    @Test
    void what_one_replica_suspends_the_other_resumes() {
        assertThat(suspend(one).status()).isEqualTo(200);

        assertThat(admin(two, "POST", "/v1/agents/bot/resume", "{}").body()).containsEntry("status", "active");
        assertThat(ask(two, BOT, "read").status()).isEqualTo(200);
        Awaitility.await().atMost(AT_ONCE).until(() -> !knowsSuspension(one));
        assertThat(ask(one, BOT, "read").status()).isEqualTo(200);
    }

    @Test
    void a_policy_that_is_changed_through_one_replica_decides_at_the_other() {
        assertThat(ask(two, BOT, "write").error()).isEqualTo("invalid_scope");
        Answer created = admin(one, "PUT", "/v1/policies/bot-writes", """
                {"effect": "allow", "agents": [{"name": "bot"}], "targets": ["invoices"], "actions": ["write"]}
                """, "If-None-Match", "*");
        assertThat(created.status()).isEqualTo(201);

        assertThat(admin(two, "GET", "/v1/policies/bot-writes", "")
                        .http()
                        .headers()
                        .firstValue("ETag"))
                .isEqualTo(created.http().headers().firstValue("ETag"));
        Awaitility.await().atMost(AT_ONCE).until(() -> revision(two) == revision(one));
        assertThat(ask(two, BOT, "write").status()).isEqualTo(200);

        String tag = created.http().headers().firstValue("ETag").orElseThrow();
        assertThat(admin(two, "DELETE", "/v1/policies/bot-writes", "", "If-Match", tag)
                        .status())
                .isEqualTo(204);
        Awaitility.await().atMost(AT_ONCE).until(() -> revision(one) == revision(two));
        assertThat(ask(one, BOT, "write").error()).isEqualTo("invalid_scope");
    }

    @Test
    void a_token_that_is_revoked_through_one_replica_is_dead_at_the_other_within_a_second() {
        String ended = token(one);
        String kept = token(two);
        assertThat(List.of(active(two, ended), active(one, kept))).containsOnly(true);

        Answer revoked = one.send(one.request("/oauth2/revoke")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + ended)));
        assertThat(revoked.status()).isEqualTo(200);

        assertThat(active(one, ended)).isFalse();
        Awaitility.await().atMost(AT_ONCE).until(() -> !active(two, ended));
        assertThat(active(two, kept)).isTrue();

        assertThat(admin(two, "POST", "/v1/revocations", "{\"agent\": \"bot\"}").status())
                .isEqualTo(200);
        assertThat(active(two, kept)).isFalse();
        Awaitility.await().atMost(AT_ONCE).until(() -> !active(one, kept));
        assertThat(active(one, token(two))).isTrue();
    }

    @Test
    void what_is_said_of_an_agent_through_one_replica_decides_at_the_other_within_a_second() {
        Answer created = admin(one, "PUT", "/v1/policies/no-risk", """
                {"effect": "deny", "agents": [{"name": "bot"}], "targets": ["invoices"], "actions": ["read"],
                 "when": "has(posture.risk) && posture.risk > 50"}
                """, "If-None-Match", "*");
        assertThat(created.status()).isEqualTo(201);
        String token = token(two);

        assertThat(say(one, 90).status()).isEqualTo(200);
        Awaitility.await().atMost(AT_ONCE).until(() -> !active(two, token));
        assertThat(ask(two, BOT, "read").error()).isEqualTo("invalid_target");
        assertThat(ask(two, OTHER, "read").status()).isEqualTo(200);

        assertThat(say(two, 10).status()).isEqualTo(200);
        Awaitility.await().atMost(AT_ONCE).until(() -> active(one, token));
        assertThat(ask(one, BOT, "read").status()).isEqualTo(200);
        String tag = created.http().headers().firstValue("ETag").orElseThrow();
        assertThat(admin(two, "DELETE", "/v1/policies/no-risk", "", "If-Match", tag)
                        .status())
                .isEqualTo(204);
    }

    private static Answer say(RunningBroker broker, int risk) {
        return admin(broker, "PUT", "/v1/posture/bot", "{\"attributes\": {\"risk\": " + risk + "}, \"ttl\": \"PT1M\"}");
    }

    private static String token(RunningBroker broker) {
        return String.valueOf(ask(broker, BOT, "read").body().get("access_token"));
    }

    private static boolean active(RunningBroker broker, String token) {
        Answer asker = broker.exchange(evidence("9000"), "resource", ISSUER + "/v1", "scope", "introspect");
        Answer answer = broker.send(broker.request("/oauth2/introspect")
                .header("Authorization", "Bearer " + asker.body().get("access_token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + token)));
        assertThat(answer.status()).isEqualTo(200);
        return Boolean.TRUE.equals(answer.body().get("active"));
    }

    /** From memory: asking for a token would have the log's fence tell the broker. */
    private static boolean knowsSuspension(RunningBroker broker) {
        return broker.context()
                .getBean(LiveState.class)
                .loaded()
                .suspension(Kind.AGENT, "bot")
                .isPresent();
    }

    private static long revision(RunningBroker broker) {
        return broker.context().getBean(LiveState.class).loaded().documents().revision();
    }

    private static Answer suspend(RunningBroker broker) {
        return admin(broker, "POST", "/v1/agents/bot/suspend", "{\"reason\": \"stolen laptop\"}");
    }

    private static Answer ask(RunningBroker broker, String repository, String scope) {
        return broker.exchange(evidence(repository), "resource", RunningBroker.INVOICES, "scope", scope);
    }

    private static Answer admin(RunningBroker broker, String method, String path, String body, String... headers) {
        Answer token = broker.exchange(
                evidence("9000"),
                "resource",
                ISSUER + "/v1",
                "scope",
                "policy:read policy:write revocation:write directory:write posture:write");
        HttpRequest.Builder request = broker.request(path)
                .header("Authorization", "Bearer " + token.body().get("access_token"))
                .header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return broker.send(request.method(method, BodyPublishers.ofString(body)));
    }

    private static String evidence(String repository) {
        return platform.token(ISSUER, claims -> claims.put("repository_id", repository));
    }

    private static boolean issued(Map<String, Object> entry, String agent) {
        return agent.equals(entry.get("agent")) && "issued".equals(outcome(entry));
    }

    private static String outcome(Map<String, Object> entry) {
        return String.valueOf(leaf(entry).get("outcome"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> leaf(Map<String, Object> entry) {
        return (Map<String, Object>) Objects.requireNonNull(entry.get("leaf"));
    }

    /** The index of the first of the entries that has the outcome. */
    private static int first(List<Map<String, Object>> entries, String outcome) {
        return entries.stream()
                .filter(each -> outcome.equals(outcome(each)))
                .mapToInt(each -> ((Long) Objects.requireNonNull(each.get("index"))).intValue())
                .findFirst()
                .orElseThrow();
    }

    private static List<Object> indexesUpTo(long size) {
        return LongStream.range(0, size).<Object>mapToObj(index -> index).toList();
    }

    private static long size() throws SQLException {
        try (Connection connection =
                        one.context().getBean(Database.class).owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT size FROM sallyport.log_head")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Callers who ask both brokers for tokens of both agents until they are stopped. */
    private static final class Load {

        final Queue<String> tokensOfBot = new ConcurrentLinkedQueue<>();
        final Queue<String> tokensOfOther = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();

        List<Future<Void>> on(ExecutorService executor, int callers) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                for (RunningBroker broker : List.of(one, two)) {
                    running.add(executor.submit(asking(broker, BOT, tokensOfBot)));
                    running.add(executor.submit(asking(broker, OTHER, tokensOfOther)));
                }
            }
            return running;
        }

        private Callable<Void> asking(RunningBroker broker, String repository, Queue<String> tokens) {
            return () -> {
                while (!stopped.get()) {
                    Answer answer = ask(broker, repository, "read");
                    if (answer.status() == 200) {
                        tokens.add(jti(String.valueOf(answer.body().get("access_token"))));
                    }
                }
                return null;
            };
        }

        void stop() {
            stopped.set(true);
        }

        private static String jti(String token) throws ParseException {
            return SignedJWT.parse(token).getJWTClaimsSet().getJWTID();
        }
    }
}
