package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Discoveries.Discovery;
import dev.sallyport.store.Discoveries.Query;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DiscoveriesTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final Query ALL = new Query(null, null, null);

    private final TestDatabase database = TestDatabase.create();

    @Test
    void a_workload_is_listed_once_with_its_latest_detail_and_all_its_refusals() {
        try (PostgresStore store = database.open()) {
            store.log().append(refusal(0, "ci", "repo:a", "old", "agent"), 0);
            store.log().append(refusal(1, "ci", "repo:b", "x", "agent"), 0);
            store.log().append(refusal(2, "ci", "repo:a", "new", "agent"), 0);
            List<Discovery> found = store.discoveries().list(ALL, Long.MAX_VALUE, 10);
            assertThat(found).extracting(Discovery::first).containsExactly(1L, 0L);
            Discovery workload = found.getLast();
            assertThat(workload.provider()).isEqualTo("ci");
            assertThat(workload.count()).isEqualTo(2);
            assertThat(workload.firstSeen()).isEqualTo(NOON);
            assertThat(workload.lastSeen()).isEqualTo(NOON.plusSeconds(2));
            assertThat(new String(workload.detail(), StandardCharsets.UTF_8)).contains("\"env\":\"new\"");
        }
    }

    @Test
    void refusals_that_are_only_summed_up_count_too() {
        String longName = "\ud83d\ude00".repeat(300);
        try (PostgresStore store = database.open()) {
            store.log().append(refusal(0, "ci", "repo:a b", "x", "agent"), 0);
            store.log().append(refusal(1, "ci", longName, "x", "agent"), 0);
            store.log().append(refusal(2, "ci", "nul\u0000", "x", "agent"), 0);
            Map<String, Object> proven = new TreeMap<>();
            proven.put("ci repo:a b agent", 7);
            proven.put("ci repo:a b target", 100);
            proven.put("ci " + longName.substring(0, 400) + " agent", 8);
            proven.put("ci nul\u0000 agent", 9);
            proven.put("ci unheard-of agent", 100);
            proven.put("others", 100);
            store.log().append(new Entry(NOON, "refusals", "refused", null, Map.of("proven", proven)), 0);
            assertThat(store.discoveries().list(ALL, Long.MAX_VALUE, 10))
                    .extracting(Discovery::count)
                    .containsExactly(10L, 9L, 8L);
        }
    }

    @Test
    void whoever_has_an_agent_or_was_refused_for_something_else_is_not_discovered() {
        try (PostgresStore store = database.open()) {
            store.log().append(TestLog.attempt(0, "bot", "issued", "x"), 0);
            store.log().append(TestLog.attempt(1, "bot", "refused", "x"), 0);
            store.log().append(refusal(2, "ci", "repo:a", "x", "evidence"), 0);
            assertThat(store.discoveries().list(ALL, Long.MAX_VALUE, 10)).isEmpty();
        }
    }

    @Test
    void filters_and_pages() {
        try (PostgresStore store = database.open()) {
            for (int i = 0; i < 6; i++) {
                store.log().append(refusal(i, i % 2 == 0 ? "ci" : "other", "repo:" + i, "x", "agent"), 0);
            }
            Discoveries discoveries = store.discoveries();
            assertThat(firsts(discoveries.list(ALL, Long.MAX_VALUE, 4))).containsExactly(5L, 4L, 3L, 2L);
            assertThat(firsts(discoveries.list(ALL, 2, 4))).containsExactly(1L, 0L);
            assertThat(firsts(discoveries.list(new Query("ci", null, null), Long.MAX_VALUE, 4)))
                    .containsExactly(4L, 2L, 0L);
            Query between = new Query(null, NOON.plusSeconds(1), NOON.plusSeconds(3));
            assertThat(firsts(discoveries.list(between, Long.MAX_VALUE, 4))).containsExactly(2L, 1L);
        }
    }

    @Test
    void one_whose_latest_entry_was_erased_is_not_shown() {
        try (PostgresStore store = database.open()) {
            store.log().append(refusal(0, "ci", "repo:a", "x", "agent"), 0);
            assertThat(store.discoveries().list(ALL, Long.MAX_VALUE, 4)).hasSize(1);
            database.execute("ALTER TABLE sallyport.log_entry DISABLE TRIGGER no_change;"
                    + "UPDATE sallyport.log_entry SET detail = NULL, salt = NULL");
            assertThat(store.discoveries().list(ALL, Long.MAX_VALUE, 4)).isEmpty();
        }
    }

    @Test
    void a_flood_of_workloads_pushes_out_those_that_were_seen_longest_ago() {
        database.execute("INSERT INTO sallyport.discovered SELECT -i, -i, 0, 'ci', 'epoch', "
                + "timestamptz '2026-01-01' + i * interval '1 s', 1 FROM generate_series(1, 101000) i");
        database.execute("""
                INSERT INTO sallyport.log_entry (index, leaf) SELECT i, '{}' FROM generate_series(0, 4999) i;
                UPDATE sallyport.log_head SET size = 5000, frontier = decode(repeat('00', %d), 'hex')
                """.formatted(32 * Long.bitCount(5_000)));
        try (PostgresStore store = database.open()) {
            await().until(() -> store.projectedTo() == 5_000);
        }
        assertThat(database.number("SELECT count(*) FROM sallyport.discovered")).isEqualTo(100_000);
        assertThat(database.number("SELECT max(first) FROM sallyport.discovered"))
                .isEqualTo(-1_001);
    }

    private static List<Long> firsts(List<Discovery> discoveries) {
        return discoveries.stream().map(Discovery::first).toList();
    }

    private static Entry refusal(int second, String provider, String subject, String env, String reason) {
        Map<String, Object> attestation = Map.of(
                "provider", provider, "type", "oidc", "subject", subject, "claims", Map.of("sub", subject, "env", env));
        Map<String, Object> detail = Map.of("reason", reason, "attestation", attestation, "actions", List.of());
        return new Entry(NOON.plusSeconds(second), Entry.ISSUANCE, "refused", null, detail);
    }
}
