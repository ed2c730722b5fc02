package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.token.KeySchedule;
import dev.sallyport.core.token.Succession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Ten rotations in a row, on a clock of the test's, at two replicas whose own clocks differ from it by 2 s each. */
class KeyRotationTest {

    private static final KeySchedule SCHEDULE = new KeySchedule(Duration.ofMinutes(30), Duration.ofMinutes(2));
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");
    private static final Instant END = START.plus(Duration.ofMinutes(330));

    private final TestDatabase database = TestDatabase.create();
    private final SplittableRandom random = new SplittableRandom(17);
    private final List<Token> tokens = new ArrayList<>();
    private Instant now = START;

    /** A token, as far as its key goes. */
    private record Token(String kid, Instant expires) {}

    /** A replica: its clock, and the keys that it has in memory. */
    private final class Replica implements AutoCloseable {

        private final Duration off;
        private final PostgresStore store;
        private final KeyChanges keys;
        private Snapshot loaded;

        Replica(Duration off) {
            this.off = off;
            this.store = PostgresStore.open(
                    database.as(TestDatabase.BROKER),
                    database.as(TestDatabase.BROKER),
                    new KeySealer(new byte[32]),
                    this::clock,
                    (entries, nanos) -> {});
            this.keys = store.keyChanges(SCHEDULE, "broker.example/log");
            keys.makeMissing();
            this.loaded = store.load();
        }

        private Instant clock() {
            return now.plus(off);
        }

        void follow() {
            if (store.epoch() != loaded.epoch()) {
                loaded = store.load();
            }
        }

        Token issue(String algorithm) {
            List<KeyRecord> kind = loaded.keys().stream()
                    .filter(key ->
                            key.purpose().equals("token") && key.algorithm().equals(algorithm))
                    .toList();
            KeyRecord signer =
                    Succession.of(kind, KeyRecord::activates).active(clock()).orElseThrow();
            return new Token(signer.kid(), clock().plus(LONGEST));
        }

        Set<String> published() {
            return loaded.keys().stream().map(KeyRecord::kid).collect(Collectors.toSet());
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** A target that fetches the keys when its copy is as old as it may get, and never sooner. */
    private final class Verifier {

        private Instant fetched = Instant.EPOCH;
        private Set<String> kids = Set.of();

        void check(Token token, List<Replica> replicas) {
            if (!fetched.plus(SCHEDULE.cacheable()).isAfter(now)) {
                kids = replicas.get(random.nextInt(replicas.size())).published();
                fetched = now;
            }
            assertThat(kids).as("at %s, cached at %s", now, fetched).contains(token.kid());
        }
    }

    @Test
    void no_valid_token_fails_at_a_verifier_that_caches_as_it_may() {
        List<Verifier> verifiers = List.of(new Verifier(), new Verifier(), new Verifier());
        Set<String> signers = new TreeSet<>();
        try (Replica behind = new Replica(Duration.ofSeconds(-2));
                Replica ahead = new Replica(Duration.ofSeconds(2))) {
            List<Replica> replicas = List.of(behind, ahead);
            for (int step = 0; now.isBefore(END); step++) {
                if (step % 5 == 0) {
                    replicas.get(random.nextInt(2)).keys.keepSchedule();
                }
                replicas.forEach(Replica::follow);
                for (Replica replica : replicas) {
                    Token token = replica.issue("ES256");
                    signers.add(token.kid());
                    verifiers.forEach(each -> each.check(token, replicas));
                    if (step % 8 == 0) {
                        tokens.add(token);
                    }
                }
                tokens.removeIf(each -> each.expires().isBefore(now));
                tokens.forEach(each -> verifiers.get(random.nextInt(3)).check(each, replicas));
                now = now.plusSeconds(random.nextInt(1, 25));
            }
            assertThat(signers).hasSizeGreaterThan(10);
            assertThat(behind.published()).hasSizeLessThan(20);
        }
        assertThat(database.number("SELECT count(*) FROM sallyport.key WHERE ending = 'retired'"))
                .isGreaterThan(20);
    }
}
