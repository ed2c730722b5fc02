package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.log.Notes;
import dev.sallyport.core.token.KeySchedule;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyChangesTest {

    private static final String ORIGIN = "broker.example/log";
    private static final Author ADMIN = new Author("admin", null);
    private static final Duration A_MONTH = Duration.ofDays(30);
    private static final Duration AHEAD = Duration.ofMinutes(10);
    private static final KeySchedule SCHEDULE = new KeySchedule(A_MONTH, AHEAD);
    private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

    private final TestDatabase database = TestDatabase.create();
    private Instant now = START;
    private PostgresStore store;
    private KeyChanges keys;

    @BeforeEach
    void open() {
        store = open(new KeySealer(new byte[32]));
        keys = store.keyChanges(SCHEDULE, ORIGIN);
        keys.makeMissing();
    }

    @AfterEach
    void close() {
        store.close();
        assertThat(TestLog.checked(database)).isPositive();
    }

    private PostgresStore open(KeySealer sealer) {
        InstantSource clock = () -> now;
        return PostgresStore.open(
                database.as(TestDatabase.BROKER),
                database.as(TestDatabase.BROKER),
                sealer,
                clock,
                (entries, nanos) -> {});
    }

    @Test
    void the_first_start_makes_one_key_of_each_kind() {
        keys.makeMissing();

        assertThat(store.load().keys())
                .extracting(each -> each.purpose() + " " + each.algorithm())
                .containsExactlyInAnyOrder("token ES256", "token EdDSA", "token RS256", "log Ed25519");
        assertThat(keys.standings().keys())
                .allSatisfy(key -> assertThat(status(key)).isEqualTo(KeyStatus.ACTIVE));
    }

    @Test
    void a_key_is_made_when_the_one_before_has_signed_for_long_enough_and_ends_when_no_token_of_it_can_be_left() {
        KnownKey first = key("ES256", KeyStatus.ACTIVE);
        now = START.plus(A_MONTH).minusMillis(1);
        keys.keepSchedule();
        assertThat(live("ES256")).hasSize(1);

        now = START.plus(A_MONTH);
        keys.keepSchedule();
        keys.keepSchedule();
        KnownKey second = key("ES256", KeyStatus.NEXT);
        assertThat(second.activates()).isEqualTo(now.plus(AHEAD));
        assertThat(key("ES256", KeyStatus.ACTIVE)).isEqualTo(first);

        now = second.activates();
        assertThat(key("ES256", KeyStatus.ACTIVE)).isEqualTo(second);
        assertThat(key("ES256", KeyStatus.RETIRED)).isEqualTo(first);
        now = second.activates().plus(Duration.ofMinutes(65));
        keys.keepSchedule();
        assertThat(live("ES256")).containsExactly(second, first);

        now = now.plusMillis(1);
        keys.keepSchedule();
        assertThat(live("ES256")).containsExactly(second);
        assertThat(find(first.kid()).ending()).isEqualTo("retired");
        assertThat(database.number("SELECT count(*) FROM sallyport.key WHERE ended IS NULL"))
                .isEqualTo(4);
        assertThat(outcomes()).endsWith("applied applied applied retired retired retired");
    }

    @Test
    void replicas_make_one_next_key_together() {
        now = START.plus(A_MONTH);
        try (PostgresStore other = open(new KeySealer(new byte[32]));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            KeyChanges others = other.keyChanges(SCHEDULE, ORIGIN);
            List<? extends Future<?>> runs = IntStream.range(0, 6)
                    .mapToObj(i -> threads.submit(i % 2 == 0 ? keys::keepSchedule : others::keepSchedule))
                    .toList();
            runs.forEach(Callers::result);
        }
        assertThat(live("ES256")).hasSize(2);
        assertThat(live("RS256")).hasSize(2);
    }

    @Test
    void on_demand_the_next_key_is_made_once() {
        KnownKey next = keys.rotate("token", "EdDSA", "drill", ADMIN).keys().getFirst();

        assertThat(status(next)).isEqualTo(KeyStatus.NEXT);
        assertThat(keys.rotate("token", "EdDSA", "again", ADMIN).keys()).containsExactly(next);
        assertThat(live("ES256")).hasSize(1);
        assertThat(keys.rotate("token", null, null, ADMIN).keys()).hasSize(3).contains(next);
        assertThatThrownBy(() -> keys.rotate("token", "HS256", null, ADMIN)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> keys.rotate("nonce", null, null, ADMIN)).isInstanceOf(Invalid.class);
    }

    @Test
    void a_revoked_key_is_gone_and_its_successor_signs_at_once_on_every_clock() {
        KnownKey first = key("ES256", KeyStatus.ACTIVE);
        long before = store.epoch();

        assertThat(keys.revoke(first.kid(), "leaked", ADMIN)).isPresent();

        KnownKey second = live("ES256").getFirst();
        assertThat(live("ES256")).containsExactly(second);
        assertThat(second.activates()).isBefore(now.minusSeconds(4));
        assertThat(status(find(first.kid()))).isEqualTo(KeyStatus.REVOKED);
        assertThat(store.epoch()).isEqualTo(before + 2);
        assertThat(keys.revoke(first.kid(), "again", ADMIN)).contains(0L);
        assertThat(keys.revoke("unknown", "x", ADMIN)).isEmpty();
        assertThat(outcomes()).endsWith("revoked applied");
    }

    @Test
    void a_next_key_that_is_published_already_takes_over_from_a_revoked_one() {
        KnownKey first = key("ES256", KeyStatus.ACTIVE);
        KnownKey next = keys.rotate("token", "ES256", null, ADMIN).keys().getFirst();

        assertThat(keys.revoke(first.kid(), "leaked", ADMIN)).isPresent();

        assertThat(live("ES256")).extracting(KnownKey::kid).containsExactly(next.kid());
        assertThat(key("ES256", KeyStatus.ACTIVE).kid()).isEqualTo(next.kid());
        assertThat(outcomes()).endsWith("revoked activated");
    }

    @Test
    void what_has_ended_stays_so_and_its_private_half_is_gone() {
        KnownKey first = key("ES256", KeyStatus.ACTIVE);
        keys.revoke(first.kid(), "leaked", ADMIN);

        assertThat(database.number("SELECT count(*) FROM sallyport.key WHERE sealed IS NULL"))
                .isEqualTo(1);
        assertThatThrownBy(() -> database.execute(
                        TestDatabase.BROKER,
                        "UPDATE sallyport.key SET ended = NULL, ending = NULL, sealed = 'x' WHERE ended IS NOT NULL"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("stays so");
        assertThatThrownBy(() -> database.execute(TestDatabase.BROKER, "UPDATE sallyport.key SET algorithm = 'x'"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void a_row_whose_algorithm_or_purpose_was_changed_is_refused() {
        database.execute("UPDATE sallyport.key SET algorithm = 'RS256' WHERE algorithm = 'ES256'");
        assertThatThrownBy(store::load).isInstanceOf(Invalid.class).hasMessageContaining("key-encryption-key");
        database.execute("UPDATE sallyport.key SET algorithm = 'Ed25519', purpose = 'log' WHERE algorithm = 'EdDSA'");
        assertThatThrownBy(store::load).isInstanceOf(Invalid.class);
    }

    @Test
    void keys_are_sealed_again_under_the_first_key_encryption_key() {
        List<KeyRecord> before = store.load().keys();
        byte[] fresh = new byte[32];
        fresh[0] = 7;
        try (PostgresStore both = open(new KeySealer(List.of(fresh, new byte[32])))) {
            both.keyChanges(SCHEDULE, ORIGIN).reseal();
            both.keyChanges(SCHEDULE, ORIGIN).reseal();
            assertThat(both.load().keys()).isEqualTo(before);
        }
        try (PostgresStore alone = open(new KeySealer(fresh))) {
            assertThat(alone.load().keys()).isEqualTo(before);
        }
        assertThatThrownBy(store::load).isInstanceOf(Invalid.class);
        assertThat(outcomes()).endsWith("applied resealed");
    }

    @Test
    void keys_whose_key_encryption_key_is_lost_can_be_given_up() {
        byte[] other = new byte[32];
        other[0] = 9;
        List<String> lost = store.load().keys().stream().map(KeyRecord::kid).toList();
        store.keyChanges(SCHEDULE, ORIGIN).discardUnreadable();
        assertThat(store.load().keys()).hasSize(4);
        try (PostgresStore stranger = open(new KeySealer(other))) {
            assertThatThrownBy(stranger::load).isInstanceOf(Invalid.class);
            KeyChanges made = stranger.keyChanges(SCHEDULE, ORIGIN);
            made.discardUnreadable();
            made.makeMissing();
            assertThat(stranger.load().keys())
                    .hasSize(4)
                    .extracting(KeyRecord::kid)
                    .doesNotContainAnyElementsOf(lost);
            assertThat(lost).allSatisfy(kid -> assertThat(find(kid).ending()).isEqualTo("discarded"));
            assertThat(lastCheckpoint().isSigned(notes(stranger))).isTrue();
        }
    }

    @Test
    void two_log_keys_sign_for_a_month_and_then_the_younger_one_alone() {
        now = START.plusSeconds(1);
        KnownKey next = keys.rotate("log", null, null, ADMIN).keys().getFirst();
        assertThat(keys.rotate("log", null, null, ADMIN).keys()).containsExactly(next);
        assertThat(live("Ed25519")).hasSize(2);

        now = now.plus(A_MONTH).plusSeconds(1);
        keys.keepSchedule();
        assertThat(live("Ed25519"))
                .as("the younger one has signed no checkpoint yet")
                .hasSize(2);
        Notes both = notes(store);
        try (PublicLog _ = store.publish(both)) {
            await().until(() -> database.number("SELECT count(*) FROM sallyport.checkpoint") > 0);
        }
        keys.keepSchedule();
        assertThat(live("Ed25519")).containsExactly(next);
        assertThat(lastCheckpoint().isSigned(notes(store))).isTrue();
    }

    @Test
    void a_revoked_log_key_hands_over_what_it_signed_and_signs_no_more() {
        Notes before = notes(store);
        KnownKey first = live("Ed25519").getFirst();

        assertThat(keys.revoke(first.kid(), "leaked", ADMIN)).isPresent();

        assertThat(live("Ed25519")).hasSize(1).doesNotContain(first);
        assertThat(lastCheckpoint().isSigned(notes(store))).isTrue();
        assertThat(lastCheckpoint().isSigned(before)).isFalse();
        assertThat(lastCheckpoint().size()).isEqualTo(database.number("SELECT size FROM sallyport.log_head"));
    }

    private Checkpoint lastCheckpoint() {
        return Transaction.run(database.as(TestDatabase.BROKER), Transaction.SNAPSHOT, Checkpoint::latest)
                .orElseThrow();
    }

    private static Notes notes(PostgresStore store) {
        return new Notes(
                ORIGIN,
                store.load().keys().stream()
                        .filter(each -> each.purpose().equals("log"))
                        .sorted(Comparator.comparing(KeyRecord::activates).reversed())
                        .map(each -> LogKey.parse(each.secret()))
                        .toList());
    }

    private KeyStatus status(KnownKey key) {
        return keys.standings().of(key);
    }

    private KnownKey key(String algorithm, KeyStatus status) {
        return live(algorithm).stream()
                .filter(key -> status(key) == status)
                .reduce((one, other) -> {
                    throw new AssertionError("two keys are " + status);
                })
                .orElseThrow();
    }

    private KnownKey find(String kid) {
        return keys.standings().keys().stream()
                .filter(key -> key.kid().equals(kid))
                .findFirst()
                .orElseThrow();
    }

    private List<KnownKey> live(String algorithm) {
        return keys.standings().keys().stream()
                .filter(key -> key.live() && key.algorithm().equals(algorithm))
                .toList();
    }

    private String outcomes() {
        return database.text("SELECT string_agg(convert_from(leaf, 'UTF8')::json ->> 'outcome', ' ' ORDER BY index)"
                + " FROM sallyport.log_entry");
    }
}
