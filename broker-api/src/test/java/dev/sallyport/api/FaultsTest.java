package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.local.LocalPostgres;
import dev.sallyport.api.local.LocalPostgres.Role;
import dev.sallyport.api.verify.Run;
import dev.sallyport.core.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Two broker processes on one database under load, of which one is killed or frozen: never a gap, a fork, or a token that is not
 * in the log.
 *
 * <p>{@code -Dsallyport.faults.seconds=60} has each go on for a minute.
 */
class FaultsTest {

    private static final Duration LONG = Duration.ofSeconds(Integer.getInteger("sallyport.faults.seconds", 15));
    private static final int CALLERS_EACH = 6;

    /** A caller waits longer than a replica is frozen, so as to get what that may still send. */
    private static final Duration PATIENCE = LONG.plusSeconds(30);

    /** A decision may be so old when its token is released; the rest is the way of the answer. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    /** The head's row is free again after two seconds, then a caller asks again. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    private static final String ISSUER = "https://broker.example";

    @TempDir
    static Path directory;

    private static TestPlatform platform;
    private static DataDirectory data;
    private static LocalPostgres postgres;
    private static TestReplica one;
    private static TestReplica two;

    /**
     * A token in somebody's hand.
     *
     * @param decided when it was, by its id
     */
    private record Held(String replica, String token, Instant decided, Instant received) {

        static Held now(String replica, String token) throws ParseException {
            UUID jti = UUID.fromString(SignedJWT.parse(token).getJWTClaimsSet().getJWTID());
            return new Held(replica, token, Instant.ofEpochMilli(jti.getMostSignificantBits() >>> 16), Instant.now());
        }

        String sha256() {
            return Hash.hex(Hash.sha256(token.getBytes(StandardCharsets.US_ASCII)));
        }

        /** Without the token, which nobody wants to read. */
        @Override
        public String toString() {
            return replica + ", decided " + decided + ", received " + received;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        platform = TestPlatform.start();
        data = DataDirectory.open(directory.resolve("shared"));
        postgres = LocalPostgres.start(data);
        Path bundle = Files.writeString(
                directory.resolve("bundle.yaml"), LogEndpointsTest.BUNDLE.replace("@platform@", platform.url()));
        Path key =
                Files.writeString(directory.resolve("key"), Base64.getEncoder().encodeToString(new byte[32]));
        PGSimpleDataSource runs = postgres.dataSource(Role.BROKER);
        PGSimpleDataSource owns = postgres.dataSource(Role.OWNER);
        List<String> settings = List.of(
                "sallyport.management-port=0",
                "sallyport.allow-outbound=localhost",
                "sallyport.issuer=" + ISSUER,
                "sallyport.bootstrap=" + bundle,
                "sallyport.key-encryption-key=" + key,
                "spring.datasource.url=" + runs.getUrl(),
                "spring.datasource.username=" + runs.getUser(),
                "spring.datasource.password=" + runs.getPassword(),
                "spring.flyway.user=" + owns.getUser(),
                "spring.flyway.password=" + owns.getPassword());
        one = TestReplica.start("one", settings, directory);
        two = TestReplica.start("two", settings, directory);
    }

    @AfterAll
    static void stop() throws Exception {
        one.close();
        two.close();
        postgres.close();
        data.close();
        platform.close();
    }

    @Test
    void a_replica_that_is_killed_again_and_again_leaves_no_gap_and_no_token_without_an_entry() throws Exception {
        Load load = new Load();
        try (load) {
            load.start();
            TestReplica victim = one;
            for (long end = System.nanoTime() + LONG.toNanos(); System.nanoTime() < end; ) {
                load.awaitMore(200);
                victim.killHard();
                load.awaitMore(200);
                victim.startAgain();
                victim = victim == one ? two : one;
            }
            load.awaitMore(200);
        }
        assertInOrder(load);
    }

    @Test
    void a_replica_that_was_frozen_wakes_up_without_forking_the_log_or_releasing_what_is_old() throws Exception {
        Load load = new Load();
        List<Freeze> freezes = new ArrayList<>();
        try (load) {
            load.start();
            for (Duration frozen : List.of(FRESH.plusSeconds(1), FRESH.plusSeconds(1), LONG)) {
                load.awaitMore(400);
                one.signal("STOP");
                long recorded = Long.parseLong(postgres("SELECT size FROM sallyport.log_head"));
                assertThat(load.longestPauseOf(two, frozen)).isLessThan(LONGEST_PAUSE);
                freezes.add(new Freeze(recorded, Instant.now()));
                one.signal("CONT");
                load.awaitMoreOf(one, 100);
            }
        }
        Map<String, Long> logged = assertInOrder(load);
        for (Freeze freeze : freezes) {
            assertThat(load.held)
                    .filteredOn(held -> held.replica.equals("one") && !held.received.isBefore(freeze.thawed))
                    .filteredOn(held -> !held.decided.isAfter(freeze.thawed.minus(FRESH)))
                    .hasSizeLessThanOrEqualTo(CALLERS_EACH)
                    .allSatisfy(held -> assertThat(logged.get(held.sha256())).isLessThan(freeze.recorded));
        }
    }

    /**
     * A time in which a replica stood still. An answer that was on its way then arrives afterwards, as from a slow network:
     * its token was recorded before, and found young enough. Whatever was recorded later is dropped when it is old.
     *
     * @param recorded how many entries the log had once the replica stood still
     */
    private record Freeze(long recorded, Instant thawed) {}

    /** What an auditor finds: indexes from 0 on without a gap, each token in hand, and a log that verifies. */
    private static Map<String, Long> assertInOrder(Load load) throws SQLException {
        Map<String, Long> logged = new HashMap<>();
        long size = 0;
        try (Connection connection = postgres.dataSource(Role.AUDITOR).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT index, convert_from(leaf, 'UTF8')::jsonb ->> 'token_sha256' FROM sallyport.log_entry"
                                + " ORDER BY index")) {
            for (; row.next(); size++) {
                assertThat(row.getLong(1)).isEqualTo(size);
                logged.put(row.getString(2), size);
            }
        }
        assertThat(load.held).hasSizeGreaterThan(400).allMatch(held -> logged.containsKey(held.sha256()));
        long all = size;
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Run.verify(two.url()).out().startsWith("ok: " + all + " entries"));
        return logged;
    }

    private static String postgres(String query) throws SQLException {
        try (Connection connection = postgres.dataSource(Role.AUDITOR).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Callers of both replicas, who ask again at once. */
    private static final class Load implements AutoCloseable {

        final Queue<Held> held = new ConcurrentLinkedQueue<>();
        private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<Void>> asking = new ArrayList<>();
        private volatile boolean stopped;

        void start() {
            for (int i = 0; i < CALLERS_EACH; i++) {
                for (TestReplica replica : List.of(one, two)) {
                    asking.add(callers.submit(() -> ask(replica)));
                }
            }
        }

        private Void ask(TestReplica replica) throws ParseException, InterruptedException {
            String evidence = platform.token("acme-broker", claims -> {});
            while (!stopped) {
                var token = replica.token(evidence, PATIENCE);
                if (token.isPresent()) {
                    held.add(Held.now(replica.name(), token.get()));
                } else {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            }
            return null;
        }

        private long of(TestReplica replica) {
            return held.stream()
                    .filter(each -> each.replica.equals(replica.name()))
                    .count();
        }

        void awaitMore(int tokens) {
            int before = held.size();
            await().atMost(Duration.ofSeconds(60)).until(() -> held.size() > before + tokens);
        }

        void awaitMoreOf(TestReplica replica, int tokens) {
            long before = of(replica);
            await().atMost(Duration.ofSeconds(60)).until(() -> of(replica) > before + tokens);
        }

        /** Watches a replica for so long; returns the longest time that it issued nothing. */
        Duration longestPauseOf(TestReplica replica, Duration watched) {
            Instant begin = Instant.now();
            await().atMost(watched.plusSeconds(10))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> Instant.now().isAfter(begin.plus(watched)));
            List<Instant> times = new ArrayList<>(held.stream()
                    .filter(each -> each.replica.equals(replica.name()) && each.received.isAfter(begin))
                    .map(Held::received)
                    .sorted()
                    .toList());
            times.add(Instant.now());
            Duration longest = Duration.ZERO;
            Instant last = begin;
            for (Instant time : times) {
                Duration pause = Duration.between(last, time);
                longest = pause.compareTo(longest) > 0 ? pause : longest;
                last = time;
            }
            return longest;
        }

        @Override
        public void close() throws ExecutionException, InterruptedException {
            stopped = true;
            for (Future<Void> each : asking) {
                each.get();
            }
            callers.close();
        }
    }
}
