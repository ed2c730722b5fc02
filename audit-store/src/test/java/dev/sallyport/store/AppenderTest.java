package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Appended.StateMoved;
import dev.sallyport.core.log.IssuanceLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AppenderTest {

    private static final int QUEUED = 20;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestDatabase database = TestDatabase.create();

    @Test
    void an_appended_entry_can_be_read() {
        try (PostgresStore store = database.open()) {
            assertThat(store.log().append(TestLog.entry(7), 0)).isEqualTo(new Recorded(0));
        }
        assertThat(TestLog.checked(database)).isEqualTo(1);
        assertThat(database.text("SELECT jti FROM sallyport.log_entry"))
                .isEqualTo("00000000-0000-0007-0000-000000000007");
        assertThat(database.text("SELECT convert_from(detail, 'UTF8') FROM sallyport.log_entry"))
                .isEqualTo("{\"agent\":\"reporter\",\"number\":7}");
        assertThat(database.number("SELECT length(salt) FROM sallyport.log_entry"))
                .isEqualTo(16);
    }

    @Test
    void many_callers_get_contiguous_indexes_and_one_tree() {
        try (PostgresStore store = database.open()) {
            List<Appended> answers = Callers.append(List.of(store.log()), 64, 25, 0);
            assertThat(indexes(answers)).containsExactlyElementsOf(range(64 * 25));
        }
        assertThat(TestLog.checked(database)).isEqualTo(64 * 25);
        assertThat(database.number("SELECT count(*) FROM sallyport.log_hash"))
                .as("batches")
                .isLessThan(64 * 25);
    }

    @Test
    void replicas_share_one_log_without_gaps_or_duplicates() {
        try (PostgresStore one = database.open();
                PostgresStore other = database.open()) {
            List<Appended> answers = Callers.append(List.of(one.log(), other.log()), 16, 40, 0);
            assertThat(indexes(answers)).containsExactlyElementsOf(range(2 * 16 * 40));
        }
        assertThat(TestLog.checked(database)).isEqualTo(2 * 16 * 40);
    }

    @Test
    void replicas_that_take_turns_find_each_others_entries() {
        try (PostgresStore one = database.open();
                PostgresStore other = database.open()) {
            for (int i = 0; i < 10; i++) {
                IssuanceLog log = i % 2 == 0 ? one.log() : other.log();
                assertThat(log.append(TestLog.entry(i), 0)).isEqualTo(new Recorded(i));
            }
        }
        assertThat(TestLog.checked(database)).isEqualTo(10);
    }

    @Test
    void nothing_that_was_decided_before_a_change_is_recorded_after_it() {
        try (PostgresStore replica = database.open();
                PostgresStore other = database.open()) {
            assertThat(replica.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
            other.changes().addKey(new KeyRecord("k", "ES256", "token", "{}", Instant.EPOCH));
            assertThat(replica.log().append(TestLog.entry(2), 0)).isEqualTo(new StateMoved(1));
            assertThat(TestLog.checked(database)).isEqualTo(2);
            assertThat(replica.log().append(TestLog.entry(2), 1)).isEqualTo(new Recorded(2));
        }
        assertThat(TestLog.checked(database)).isEqualTo(3);
    }

    @Test
    void the_epoch_alone_fences_even_where_the_size_is_still_the_same() {
        try (PostgresStore store = database.open()) {
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
            database.execute("UPDATE sallyport.log_head SET epoch = 1");
            assertThat(store.log().append(TestLog.entry(2), 0)).isEqualTo(new StateMoved(1));
        }
        assertThat(TestLog.checked(database)).isEqualTo(1);
    }

    @Test
    void an_epoch_that_the_database_has_not_reached_is_not_recorded() {
        try (PostgresStore store = database.open()) {
            assertThatThrownBy(() -> store.log().append(TestLog.entry(1), 5)).isInstanceOf(Unavailable.class);
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
        }
    }

    @Test
    void of_a_mixed_batch_only_the_newest_epoch_is_recorded() {
        database.execute("UPDATE sallyport.log_head SET epoch = 2");
        Appender appender = unstarted(LONG);
        List<Future<Appended>> old = List.of(queued(appender, 1), queued(appender, 0));
        Future<Appended> current = queued(appender, 2);
        appender.start();
        assertThat(Callers.result(current)).isEqualTo(new Recorded(0));
        old.forEach(each -> assertThat(Callers.result(each)).isEqualTo(new StateMoved(2)));
        appender.close();
        assertThat(TestLog.checked(database)).isEqualTo(1);
    }

    @Test
    void a_caller_waits_so_long_and_its_entry_is_not_written_afterwards() {
        Appender appender = unstarted(Duration.ofMillis(200));
        Future<Appended> given = queued(appender, 0);
        assertThatThrownBy(() -> Callers.result(given)).isInstanceOf(Unavailable.class);
        appender.start();
        appender.close();
        assertThat(TestLog.checked(database)).isZero();
    }

    @Test
    void a_full_queue_refuses_at_once_and_closing_writes_what_it_holds() {
        Appender appender = unstarted(LONG);
        List<Future<Appended>> waiting = new ArrayList<>();
        for (int i = 0; i < QUEUED; i++) {
            waiting.add(queued(appender, 0));
        }
        assertThatThrownBy(() -> appender.append(TestLog.entry(1), 0))
                .isInstanceOf(Unavailable.class)
                .hasMessage("the log is too busy");
        appender.start();
        appender.close();
        assertThat(waiting.stream().map(Callers::result)).allMatch(Recorded.class::isInstance);
        assertThat(TestLog.checked(database)).isEqualTo(QUEUED);
    }

    @Test
    void a_closed_log_takes_nothing() {
        PostgresStore store = database.open();
        store.close();
        assertThatThrownBy(() -> store.log().append(TestLog.entry(1), 0)).isInstanceOf(Unavailable.class);
    }

    @Test
    void closing_does_not_wait_for_the_next_look() {
        PostgresStore store = database.open();
        store.log().append(TestLog.entry(1), 0);
        long started = System.nanoTime();
        store.close();
        assertThat(System.nanoTime() - started).isLessThan(LogWriter.LOOK_EVERY.toNanos() / 2);
    }

    @Test
    void the_appenders_session_commits_synchronously_even_where_that_is_not_the_default() {
        database.execute(
                "ALTER ROLE sallyport_broker IN DATABASE " + database.name() + " SET synchronous_commit = off");
        TestConnections connections = new TestConnections(database.as(TestDatabase.BROKER));
        try (PostgresStore store = database.open(connections.source())) {
            store.log().append(TestLog.entry(1), 0);
            assertThat(connections.show("synchronous_commit")).isEqualTo("on");
            assertThat(connections.show("lock_timeout")).isEqualTo("1s");
            assertThat(connections.show("idle_in_transaction_session_timeout")).isEqualTo("2s");
        }
    }

    @Test
    void a_batch_costs_one_round_trip() {
        TestConnections connections = new TestConnections(database.as(TestDatabase.BROKER));
        try (PostgresStore store = database.open(connections.source())) {
            store.log().append(TestLog.entry(1), 0);
            int before = connections.executions();
            for (int i = 0; i < 50; i++) {
                store.log().append(TestLog.entry(i), 0);
            }
            assertThat(connections.executions() - before)
                    .as("50 appends and perhaps a look")
                    .isBetween(50, 53);
        }
    }

    @Test
    void a_commit_with_a_warning_is_never_reported_as_recorded() {
        TestConnections connections = new TestConnections(database.as(TestDatabase.BROKER));
        try (PostgresStore store = database.open(connections.source())) {
            connections.warn(true);
            assertThatThrownBy(() -> store.log().append(TestLog.entry(1), 0)).isInstanceOf(Unavailable.class);
            connections.warn(false);
            assertThat(store.log().append(TestLog.entry(2), 0)).isEqualTo(new Recorded(1));
            assertThat(connections.opened()).isEqualTo(2);
        }
        assertThat(TestLog.checked(database)).isEqualTo(2);
    }

    @Test
    void a_warning_at_the_commit_of_contending_replicas_is_never_reported_as_recorded() {
        TestConnections connections = new TestConnections(database.as(TestDatabase.BROKER));
        try (PostgresStore store = database.open(connections.source());
                PostgresStore other = database.open()) {
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
            assertThat(other.log().append(TestLog.entry(2), 0)).isEqualTo(new Recorded(1));
            connections.warnAtCommit(true);
            assertThatThrownBy(() -> store.log().append(TestLog.entry(3), 0)).isInstanceOf(Unavailable.class);
            connections.warnAtCommit(false);
            assertThat(store.log().append(TestLog.entry(4), 0)).isEqualTo(new Recorded(3));
        }
        assertThat(TestLog.checked(database)).isEqualTo(4);
    }

    @Test
    void a_replica_whose_clock_is_off_appends_nothing_until_it_is_right() {
        AtomicLong skew = new AtomicLong(3);
        InstantSource clock = () -> Instant.now().plusSeconds(skew.get());
        try (PostgresStore store = database.open(database.as(TestDatabase.BROKER), clock)) {
            assertThatThrownBy(() -> store.log().append(TestLog.entry(1), 0))
                    .isInstanceOf(Unavailable.class)
                    .hasMessage("the clock is off");
            assertThat(store.problem()).contains("the clock is off");
            skew.set(0);
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(0));
            assertThat(store.problem()).isEmpty();
            skew.set(-3);
            assertThatThrownBy(() -> store.log().append(TestLog.entry(1), 0)).hasMessage("the clock is off");
            skew.set(-1);
            assertThat(store.log().append(TestLog.entry(1), 0)).isEqualTo(new Recorded(1));
        }
    }

    @Test
    void an_observer_is_told_of_every_batch_and_how_long_it_took() {
        Queue<Integer> batches = new ConcurrentLinkedQueue<>();
        Queue<Long> times = new ConcurrentLinkedQueue<>();
        Appender appender = unstarted(LONG, (entries, nanos) -> {
            batches.add(entries);
            times.add(nanos);
        });
        List<Future<Appended>> gathered = List.of(queued(appender, 0), queued(appender, 0), queued(appender, 0));
        assertThat(appender.queued()).isEqualTo(3);
        appender.start();
        gathered.forEach(Callers::result);
        assertThat(appender.append(TestLog.entry(1), 0)).isEqualTo(new Recorded(3));
        appender.close();
        assertThat(batches).containsExactly(3, 1);
        assertThat(times).allMatch(nanos -> nanos > 0 && nanos < LONG.toNanos());
        assertThat(appender.queued()).isZero();
    }

    private Appender unstarted(Duration patience) {
        return unstarted(patience, (entries, nanos) -> {});
    }

    private Appender unstarted(Duration patience, AppendObserver observer) {
        Partitions partitions = new Partitions(database.as(TestDatabase.BROKER));
        ClockCheck clock = new ClockCheck(InstantSource.system());
        LogWriter writer = new LogWriter(database.as(TestDatabase.BROKER), clock, partitions, observer);
        return new Appender(writer, QUEUED, patience);
    }

    /** Has a caller of its own append, and returns once that waits. */
    private static Future<Appended> queued(Appender appender, long epoch) {
        CompletableFuture<Appended> answer = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                answer.complete(appender.append(TestLog.entry(1), epoch));
            } catch (Unavailable e) {
                answer.completeExceptionally(e);
            }
        });
        while (caller.getState() != Thread.State.TIMED_WAITING && !answer.isDone()) {
            Thread.onSpinWait();
        }
        return answer;
    }

    private static List<Long> indexes(List<Appended> answers) {
        return answers.stream()
                .map(answer -> ((Recorded) answer).index())
                .sorted()
                .toList();
    }

    private static List<Long> range(int end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
