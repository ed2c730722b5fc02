package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.Unavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ChangeFeedTest {

    private final TestDatabase database = TestDatabase.create();
    private final List<Long> told = new CopyOnWriteArrayList<>();

    @Test
    void a_change_made_by_any_replica_is_told() {
        try (PostgresStore store = database.open();
                PostgresStore other = database.open();
                ChangeFeed _ = store.follow(this::take, System::nanoTime)) {
            await().untilAsserted(() -> assertThat(told).containsExactly(0L));
            other.changes().storeIssuer("https://broker.example");
            await().untilAsserted(() -> assertThat(told).containsExactly(0L, 1L));
        }
    }

    @Test
    void a_change_without_a_notification_is_found_by_polling() {
        try (PostgresStore store = database.open();
                ChangeFeed _ = store.follow(this::take, System::nanoTime)) {
            await().until(() -> !told.isEmpty());
            database.execute("UPDATE sallyport.log_head SET epoch = 7");
            await().untilAsserted(() -> assertThat(told).containsExactly(0L, 7L));
        }
    }

    @Test
    void a_notification_makes_the_next_poll_come_at_once() {
        try (PostgresStore store = database.open();
                ChangeFeed feed = new ChangeFeed(
                        database.as(TestDatabase.BROKER), this::take, System::nanoTime, Duration.ofMinutes(1))) {
            feed.start();
            await().until(() -> !told.isEmpty());
            store.changes().storeIssuer("https://broker.example");
            await().untilAsserted(() -> assertThat(told).containsExactly(0L, 1L));
        }
    }

    @Test
    void an_epoch_that_was_not_taken_is_told_again_and_nothing_is_fresh_until_it_is() {
        AtomicBoolean broken = new AtomicBoolean();
        AtomicLong time = new AtomicLong(100);
        try (PostgresStore store = database.open();
                ChangeFeed feed = store.follow(news -> take(news.epoch(), broken), time::get)) {
            await().until(() -> feed.asOf().isPresent());
            broken.set(true);
            store.changes().storeIssuer("https://broker.example");
            await().until(() -> told.stream().filter(epoch -> epoch == 1).count() > 2);
            time.set(200);
            int before = told.size();
            await().until(() -> told.size() > before + 1);
            assertThat(feed.asOf()).hasValue(100);
            broken.set(false);
            await().untilAsserted(() -> assertThat(feed.asOf()).hasValue(200));
        }
    }

    private void take(ChangeFeed.News news) {
        told.add(news.epoch());
    }

    private void take(long epoch, AtomicBoolean broken) {
        told.add(epoch);
        if (broken.get()) {
            throw new Unavailable("not now");
        }
    }

    @Test
    void freshness_counts_from_the_start_of_a_poll() {
        AtomicLong time = new AtomicLong();
        try (PostgresStore store = database.open();
                ChangeFeed feed = store.follow(_ -> time.addAndGet(1_000), time::get)) {
            await().until(() -> feed.asOf().isPresent());
            assertThat(feed.asOf().orElseThrow()).isIn(0L, 1_000L);
            await().untilAsserted(() -> assertThat(feed.asOf()).hasValue(1_000));
        }
    }

    @Test
    void a_terminated_session_is_replaced() {
        try (PostgresStore store = database.open();
                ChangeFeed _ = store.follow(this::take, System::nanoTime)) {
            await().until(() -> !told.isEmpty());
            assertThat(database.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                            + "WHERE application_name = 'sallyport feed' AND datname = current_database()"))
                    .isEqualTo(1);
            store.changes().storeIssuer("https://broker.example");
            await().untilAsserted(() -> assertThat(told).containsExactly(0L, 1L));
        }
    }

    @Test
    void a_silent_database_does_not_hold_it() throws IOException {
        try (LossyProxy proxy = new LossyProxy(database.port());
                PostgresStore store = database.open();
                ChangeFeed feed = new ChangeFeed(
                        database.through(proxy.port()).as(TestDatabase.BROKER), this::take, System::nanoTime)) {
            feed.start();
            await().until(() -> !told.isEmpty());
            proxy.loseAnswers(true);
            store.changes().storeIssuer("https://broker.example");
            long silentSince = System.nanoTime();
            await().during(Duration.ofSeconds(2))
                    .until(() -> feed.asOf().orElseThrow() < silentSince && told.size() == 1);
            proxy.loseAnswers(false);
            await().untilAsserted(() -> assertThat(told).containsExactly(0L, 1L));
            assertThat(feed.asOf().orElseThrow()).isGreaterThan(silentSince);
        }
    }

    @Test
    void closing_ends_its_session() {
        try (PostgresStore store = database.open()) {
            store.follow(this::take, System::nanoTime).close();
            await().until(() -> database.number("SELECT count(*) FROM pg_stat_activity "
                            + "WHERE application_name = 'sallyport feed' AND datname = current_database()")
                    == 0);
        }
    }
}
