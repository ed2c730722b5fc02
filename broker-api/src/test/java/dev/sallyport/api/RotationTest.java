package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.config.Database;
import java.io.IOException;
import java.io.Writer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;
import org.postgresql.ds.PGSimpleDataSource;

/** Keys rotate again and again at two replicas while callers get tokens and others verify them. */
class RotationTest {

    private static final String ISSUER = "https://broker.example";
    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: stolen, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1002" } } ] }
              - { name: admin, kind: workload, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - { name: es256, resource: "https://es256.example", kind: api, actions: [ read ], defaultActions: [ read ] }
              - name: eddsa
                resource: https://eddsa.example
                kind: api
                actions: [ read ]
                defaultActions: [ read ]
                token: { alg: EdDSA }
              - name: rs256
                resource: https://rs256.example
                kind: api
                actions: [ read ]
                defaultActions: [ read ]
                token: { alg: RS256 }
            policies:
              - name: reads
                effect: allow
                agents: [ { name: bot }, { name: stolen } ]
                targets: [ es256, eddsa, rs256 ]
                actions: [ read ]
              - { name: admin, effect: allow, agents: [ { name: admin } ], targets: [ sallyport ], actions: [ "*" ] }
            """;
    private static final List<String> ALGORITHMS = List.of("ES256", "EdDSA", "RS256");
    private static final String BOT = "1001";
    private static final String STOLEN = "1002";
    private static final String ADMIN = "operations:read system:write revocation:write introspect";

    /** How long a replica may go on with what it knew before a token was ended. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker one;
    static RunningBroker two;

    @BeforeAll
    static void start() throws IOException {
        platform = TestPlatform.start();
        one = replica("one", List.of());
        Database database = one.context().getBean(Database.class);
        PGSimpleDataSource owner = (PGSimpleDataSource) database.owner();
        two = replica(
                "two",
                List.of(
                        "--sallyport.key-encryption-key=" + one.data().resolve("key-encryption-key"),
                        "--spring.datasource.url=" + database.broker().getUrl(),
                        "--spring.datasource.username=" + database.broker().getUser(),
                        "--spring.datasource.password=" + database.broker().getPassword(),
                        "--spring.flyway.user=" + owner.getUser(),
                        "--spring.flyway.password=" + owner.getPassword()));
    }

    private static RunningBroker replica(String name, List<String> more) throws IOException {
        List<String> settings =
                new ArrayList<>(List.of("--sallyport.issuer=" + ISSUER, "--sallyport.key-publish-ahead=PT10S"));
        settings.addAll(more);
        return RunningBroker.start(Files.createDirectory(directory.resolve(name)), platform, BUNDLE, settings);
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
        platform.close();
    }

    @Test
    void through_ten_rotations_no_valid_token_fails_and_no_ended_one_counts() throws Exception {
        try (Load load = new Load(stranger())) {
            List<String> next = rotatedUnder(load);
            assertThat(next).hasSize(10).doesNotHaveDuplicates();
            check(load, next);
        }
    }

    private static List<String> rotatedUnder(Load load) throws Exception {
        List<String> next = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = load.on(threads);
            try {
                next.addAll(rotated(one, ALGORITHMS));
                load.suspendStolen();
                next.addAll(rotated(two, ALGORITHMS));
                next.addAll(rotated(one, ALGORITHMS));
                next.addAll(rotated(two, List.of("ES256")));
                Awaitility.await().atMost(SOON).until(() -> load.kids().containsAll(next));
            } finally {
                load.stopped.set(true);
            }
            for (Future<Void> each : running) {
                each.get();
            }
        }
        return next;
    }

    private static void check(Load load, List<String> next) throws Exception {
        assertThat(load.kids()).containsAll(next);
        assertThat(load.ended).hasSizeGreaterThan(10);
        assertThat(load.askedAboutEnded.get()).isGreaterThan(2 * load.ended.size());
        for (CachingVerifier fresh : List.of(new CachingVerifier(one), new CachingVerifier(two))) {
            load.tokens.forEach(fresh::check);
        }
        if (load.stranger.isPresent()) {
            Map<String, Object> seen = JSONObjectUtils.parse(load.whatTheStrangerSaw());
            assertThat(seen.get("failed")).isEqualTo(List.of());
            assertThat((Long) seen.get("keys")).isGreaterThan(10);
            assertThat((Long) seen.get("verified")).isGreaterThan(2L * load.tokens.size());
        }
    }

    /** A verifier of another language beside the others, where there is one. */
    private static Optional<Process> stranger() throws IOException {
        try {
            return Optional.of(ForeignProgram.node("watch.mjs")
                    .start(Map.of(), ISSUER, url(one, "/oauth2/jwks"), url(two, "/oauth2/jwks")));
        } catch (TestAbortedException e) {
            return Optional.empty();
        }
    }

    /** Has the next key of each algorithm made, and waits until it signs at both; returns their names. */
    private static List<String> rotated(RunningBroker through, List<String> algorithms) {
        List<String> next = new ArrayList<>();
        for (String alg : algorithms) {
            Answer answer = admin(through, "/v1/keys/rotate", "{\"alg\": \"" + alg + "\"}");
            assertThat(answer.status()).isEqualTo(200);
            Map<?, ?> key =
                    (Map<?, ?>) ((List<?>) Objects.requireNonNull(answer.body().get("keys"))).getFirst();
            next.add(String.valueOf(key.get("kid")));
        }
        for (int i = 0; i < next.size(); i++) {
            String alg = algorithms.get(i);
            String kid = next.get(i);
            Awaitility.await().atMost(SOON).until(() -> signs(one, alg, kid) && signs(two, alg, kid));
        }
        return next;
    }

    private static boolean signs(RunningBroker broker, String alg, String kid) {
        return kid(token(ask(broker, BOT, target(alg), "read"))).equals(kid);
    }

    private static String target(String alg) {
        return "https://" + alg.toLowerCase(Locale.ROOT) + ".example";
    }

    private static String kid(String token) {
        try {
            return SignedJWT.parse(token).getHeader().getKeyID();
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static Answer ask(RunningBroker broker, String repository, String resource, String scope) {
        return broker.exchange(
                platform.token(ISSUER, claims -> claims.put("repository_id", repository)),
                "resource",
                resource,
                "scope",
                scope);
    }

    private static String token(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static Answer admin(RunningBroker broker, String path, String body) {
        return broker.send(broker.request(path)
                .header("Authorization", "Bearer " + token(ask(broker, "9000", ISSUER + "/v1", ADMIN)))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private static String url(RunningBroker broker, String path) {
        return broker.request(path).build().uri().toString();
    }

    /** A token, and when it had ended by the answer of whoever was asked to end it. */
    private record Ended(String token, long nanos) {

        boolean longEnough() {
            return System.nanoTime() - nanos > AT_ONCE.toNanos();
        }
    }

    /** Callers at both replicas, verifiers of what they get, and one who asks about what has ended. */
    private static final class Load implements AutoCloseable {

        final Queue<String> tokens = new ConcurrentLinkedQueue<>();
        final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
        final AtomicInteger askedAboutEnded = new AtomicInteger();
        final AtomicBoolean stopped = new AtomicBoolean();
        final Optional<Process> stranger;
        private final Optional<Writer> told;
        private final Map<RunningBroker, String> askers;

        Load(Optional<Process> stranger) {
            this.stranger = stranger;
            this.told = stranger.map(Process::outputWriter);
            this.askers = Map.of(
                    one, token(ask(one, "9000", ISSUER + "/v1", "introspect")),
                    two, token(ask(two, "9000", ISSUER + "/v1", "introspect")));
        }

        /** The keys that have signed tokens. */
        Set<String> kids() {
            return tokens.stream().map(RotationTest::kid).collect(Collectors.toSet());
        }

        List<Future<Void>> on(ExecutorService threads) {
            return List.of(
                    threads.submit(asking(one, two)), threads.submit(asking(two, one)), threads.submit(this::watching));
        }

        private Callable<Void> asking(RunningBroker broker, RunningBroker other) {
            List<CachingVerifier> verifiers = List.of(new CachingVerifier(one), new CachingVerifier(two));
            return () -> {
                for (int n = 0; !stopped.get(); n++) {
                    String token = token(ask(broker, BOT, target(ALGORITHMS.get(n % 3)), "read"));
                    verifiers.forEach(each -> each.check(token));
                    tell(token);
                    if (n % 10 == 0) {
                        assertThat(verdict(other, token)).isTrue();
                    }
                    if (n % 40 == 0) {
                        revoke(other, token);
                    }
                }
                return null;
            };
        }

        private void tell(String token) throws IOException {
            tokens.add(token);
            if (told.isPresent()) {
                synchronized (this) {
                    told.get().write(token + "\n");
                }
            }
        }

        private void revoke(RunningBroker broker, String token) {
            Answer answer = broker.send(broker.request("/oauth2/revoke")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("token=" + token)));
            assertThat(answer.status()).isEqualTo(200);
            ended.add(new Ended(token, System.nanoTime()));
        }

        /** Suspends an agent that has tokens of both replicas, for good. */
        void suspendStolen() {
            List<String> had = List.of(
                    token(ask(one, STOLEN, target("ES256"), "read")), token(ask(two, STOLEN, target("RS256"), "read")));
            Answer answer = admin(one, "/v1/agents/stolen/suspend", "{\"reason\": \"stolen laptop\"}");
            assertThat(answer.status()).isEqualTo(200);
            had.forEach(token -> ended.add(new Ended(token, System.nanoTime())));
            assertThat(ask(one, STOLEN, target("ES256"), "read").error()).isEqualTo("unauthorized_client");
            assertThat(ask(two, STOLEN, target("ES256"), "read").error()).isEqualTo("unauthorized_client");
        }

        private @Nullable Void watching() {
            while (!stopped.get()) {
                for (Ended each : ended) {
                    if (each.longEnough()) {
                        assertThat(introspected(one, each.token).body()).doesNotContainEntry("active", true);
                        assertThat(introspected(two, each.token).body()).doesNotContainEntry("active", true);
                        askedAboutEnded.addAndGet(2);
                    }
                }
            }
            return null;
        }

        /** Whether it is called active; a replica that may have missed news says neither, and is asked again. */
        private boolean verdict(RunningBroker broker, String token) {
            return Objects.requireNonNull(Awaitility.await()
                            .atMost(SOON)
                            .until(() -> introspected(broker, token), answer -> answer.status() == 200)
                            .body()
                            .get("active"))
                    .equals(true);
        }

        private Answer introspected(RunningBroker broker, String token) {
            Answer answer = broker.send(broker.request("/oauth2/introspect")
                    .header("Authorization", "Bearer " + Objects.requireNonNull(askers.get(broker)))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("token=" + token)));
            assertThat(answer.status()).isIn(200, 503);
            return answer;
        }

        String whatTheStrangerSaw() throws IOException, InterruptedException {
            told.orElseThrow().close();
            return ForeignProgram.printed(stranger.orElseThrow());
        }

        @Override
        public void close() {
            stranger.ifPresent(Process::destroyForcibly);
        }
    }
}
