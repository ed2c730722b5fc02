package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Events.Page;
import dev.sallyport.store.Events.Query;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventsTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final TestDatabase database = TestDatabase.create();

    @Test
    void the_whole_log_is_paged_newest_first() {
        try (PostgresStore store = filled()) {
            assertThat(indexes(store.events(), Query.ALL, 4)).containsExactly(9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L);
            assertThat(store.events().list(Query.ALL, 3, 5).next()).isZero();
            assertThat(store.events().list(Query.ALL, 0, 5)).isEqualTo(new Page(List.of(), 0));
        }
    }

    @Test
    void type_and_time_are_looked_for_in_the_leaf() {
        try (PostgresStore store = filled()) {
            Events events = store.events();
            assertThat(indexes(events, new Query("revocation", null, null), 50)).containsExactly(9L, 6L, 3L, 0L);
            assertThat(indexes(events, new Query("revoc", null, null), 50)).isEmpty();
            assertThat(indexes(events, new Query(null, NOON.plusSeconds(3), NOON.plusSeconds(6)), 50))
                    .as("from is inclusive, to is not")
                    .containsExactly(5L, 4L, 3L);
            assertThat(indexes(events, new Query(null, NOON.plusSeconds(3).plusNanos(1), NOON.plusMillis(4_001)), 50))
                    .containsExactly(4L);
            assertThat(indexes(events, new Query("revocation", NOON.plusSeconds(1), NOON.plusSeconds(9)), 1))
                    .containsExactly(6L, 3L);
        }
    }

    @Test
    void a_page_looks_at_a_bounded_number_of_entries_and_leads_on() {
        database.open().close();
        database.execute("INSERT INTO sallyport.log_entry (index, leaf)"
                + " SELECT n, convert_to(CASE n WHEN 0 THEN '{\"type\":\"rare\"}' ELSE 'no JSON' END, 'UTF8')"
                + " FROM generate_series(0, 20099) n");
        database.execute("UPDATE sallyport.log_head SET size = 20100,"
                + " frontier = decode(repeat('00', 32 * bit_count(20100::bigint::bit(64))::int), 'hex')");
        try (PostgresStore store = database.open()) {
            Page first = store.events().list(new Query("rare", null, null), Long.MAX_VALUE, 10);
            assertThat(first).isEqualTo(new Page(List.of(), 100));
            Page second = store.events().list(new Query("rare", null, null), first.next(), 10);
            assertThat(second.items())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.index()).isZero());
            assertThat(second.next()).isZero();
        }
    }

    @Test
    void the_log_is_read_in_its_order_up_to_the_head() {
        try (PostgresStore store = filled()) {
            database.execute("INSERT INTO sallyport.log_entry (index, leaf) VALUES (10, 'beyond the head')");
            assertThat(store.events().size()).isEqualTo(10);
            List<LogEntry> read = store.events().read(7, Long.MAX_VALUE, 50);
            assertThat(read).extracting(LogEntry::index).containsExactly(7L, 8L, 9L);
            assertThat(new String(read.getFirst().leaf(), StandardCharsets.UTF_8))
                    .contains("\"type\":\"issuance\"");
            assertThat(read.getFirst().salt()).hasSize(16);
            assertThat(store.events().read(2, 9, 3)).extracting(LogEntry::index).containsExactly(2L, 3L, 4L);
        }
    }

    private PostgresStore filled() {
        PostgresStore store = database.open();
        for (long i = 0; i < 10; i++) {
            store.log()
                    .append(
                            i % 3 == 0
                                    ? new Entry(NOON.plusSeconds(i), "revocation", "applied", null, Map.of("n", i))
                                    : TestLog.attempt(i, "bot", "issued", "\"type\":\"revocation\""),
                            0);
        }
        return store;
    }

    private static List<Long> indexes(Events events, Query query, int limit) {
        List<Long> indexes = new ArrayList<>();
        long before = Long.MAX_VALUE;
        do {
            Page page = events.list(query, before, limit);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            page.items().forEach(item -> indexes.add(item.index()));
            before = page.next();
        } while (before > 0);
        return indexes;
    }
}
