package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Erasures.ByDecision;
import dev.sallyport.store.Erasures.ByIndex;
import dev.sallyport.store.Erasures.ByToken;
import dev.sallyport.store.Erasures.Subject;
import dev.sallyport.store.Issuances.Erasure;
import dev.sallyport.store.Issuances.Found;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ErasuresTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final Author ADMIN = new Author("platform-ci", new UUID(1, 1));

    /** The class of what breaks a rule of the tables. */
    private static final String INTEGRITY = "23";

    private final TestDatabase database = TestDatabase.create();
    private final PostgresStore store = database.open();

    @BeforeEach
    void six_attempts_a_summary_and_a_change_of_an_admin() {
        for (long i = 0; i < 6; i++) {
            store.log().append(TestLog.attempt(i, "alice", i == 5 ? "refused" : "issued", "alice@example.com"), 0);
        }
        store.log().append(new Entry(NOON, "refusals", "refused", null, Map.of("proven", Map.of("ci alice", 3))), 0);
        store.changes().suspend("agent", "alice", "gone", ADMIN);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void details_go_and_leaves_stay_and_the_log_says_who_erased_what_and_why() {
        String leaves = leaves(8);
        assertThat(erase(new ByIndex(1L), new ByToken(new UUID(2, 7)), new ByDecision(new UUID(5, 9)), new ByIndex(6L)))
                .containsExactly(entry(1L, 8L), entry(2L, 8L), entry(5L, 8L), entry(6L, 8L));

        assertThat(leaves(8)).isEqualTo(leaves);
        assertThat(TestLog.checked(database)).isEqualTo(9);
        assertThat(database.text("SELECT string_agg(index::text, ',' ORDER BY index) FROM sallyport.log_entry "
                        + "WHERE detail IS NULL AND salt IS NULL"))
                .isEqualTo("1,2,5,6");
        LogEntry erasure = store.events().read(8, 9, 1).getFirst();
        assertThat(text(erasure.leaf())).contains("\"outcome\":\"applied\"", "\"type\":\"erasure\"");
        assertThat(text(erasure.detail()))
                .isEqualTo("{\"author\":\"platform-ci\",\"entries\":[1,2,5,6],\"reason\":\"asked to\","
                        + "\"token\":\"00000000-0000-0001-0000-000000000001\"}");
        assertThat(store.events().read(0, 3, 9)).extracting(LogEntry::erasure).containsExactly(null, 8L, 8L);
    }

    @Test
    void no_decision_changes_so_the_epoch_goes_on() {
        long epoch = store.epoch();
        erase(new ByIndex(1L));
        assertThat(store.epoch()).isEqualTo(epoch);
        store.log().append(TestLog.attempt(9, "bot", "issued", "x"), epoch);
        assertThat(TestLog.checked(database)).isEqualTo(10);
    }

    @Test
    void the_history_forgets_who_and_gives_the_same_row_after_a_rebuild() throws SQLException {
        await().until(() -> store.projectedTo() == 8);
        erase(new ByIndex(1L), new ByToken(new UUID(2, 7)));
        Found found = store.issuances().find(new UUID(1, 7)).orElseThrow();
        assertThat(found.issuance())
                .isEqualTo(new Issuance(
                        1,
                        NOON.plusSeconds(1),
                        "issued",
                        null,
                        new UUID(1, 7),
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        true));
        assertThat(found.detail()).isNull();
        assertThat(found.erasure()).extracting(Erasure::index).isEqualTo(8L);
        assertThat(store.issuances().find(new UUID(1, 9))).isEmpty();
        IssuanceQuery alice = IssuanceQuery.of(new Term(Term.Kind.AGENT, "alice"));
        assertThat(store.issuances().list(alice, Long.MAX_VALUE, 50).items())
                .extracting(Issuance::index)
                .containsExactly(5L, 4L, 3L, 0L);

        String rows = "SELECT string_agg(i::text, ' ' ORDER BY index) FROM sallyport.issuance i";
        String before = database.text(rows);
        database.execute(TestDatabase.OWNER, "SELECT sallyport.rebuild_issuances()");
        await().until(() -> database.number("SELECT next FROM sallyport.projection") == 9);
        assertThat(database.text(rows)).isEqualTo(before);
    }

    @Test
    void what_the_projector_had_read_before_does_not_come_back() throws SQLException {
        await().until(() -> store.projectedTo() == 8);
        try (Connection slow = database.as(TestDatabase.OWNER).getConnection()) {
            slow.setAutoCommit(false);
            slow.createStatement().execute("SELECT sallyport.rebuild_issuances()");
            CompletableFuture<?> erased = CompletableFuture.runAsync(() -> erase(new ByIndex(1L)));
            await().until(() -> database.number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0);
            slow.commit();
            erased.join();
        }
        await().until(() -> database.number("SELECT count(*) FROM sallyport.issuance") == 6);
        assertThat(database.text("SELECT agent IS NULL FROM sallyport.issuance WHERE index = 1"))
                .isEqualTo("t");
    }

    @Test
    void what_is_erased_already_gets_no_second_entry() {
        erase(new ByIndex(1L));
        assertThat(erase(new ByIndex(1L), new ByToken(new UUID(1, 7)))).containsExactly(entry(1L, 8L));
        assertThat(store.events().size()).isEqualTo(9);
        assertThat(erase(new ByIndex(0L), new ByIndex(1L))).containsExactly(entry(0L, 9L), entry(1L, 8L));
        assertThat(text(store.events().read(9, 10, 1).getFirst().detail())).contains("\"entries\":[0]");
    }

    @Test
    void one_that_is_nothing_or_may_not_be_erased_is_named_and_nothing_happens() {
        erase(new ByIndex(4L));
        assertRefused("entries[1].index", new ByIndex(0L), new ByIndex(99L));
        assertRefused("entries[1].index", new ByIndex(0L), new ByIndex(7L));
        assertRefused("entries[0].index", new ByIndex(8L), new ByIndex(0L));
        assertRefused("entries[1].jti", new ByIndex(0L), new ByToken(new UUID(99, 7)));
        assertRefused("entries[2].decisionId", new ByIndex(0L), new ByIndex(1L), new ByDecision(new UUID(99, 9)));
        assertRefused("entries[0].decisionId", new ByDecision(new UUID(4, 9)));
        assertThat(store.events().size()).isEqualTo(9);
        assertThat(TestLog.checked(database)).isEqualTo(9);
    }

    @Test
    void one_that_has_been_archived_is_named_and_nothing_happens() throws SQLException {
        await().until(() -> store.projectedTo() == 8);
        database.execute(TestDatabase.OWNER, "ALTER TABLE sallyport.log_entry DETACH PARTITION sallyport.log_entry_0");
        assertRefused("entries[0].index", new ByIndex(1L));
        assertRefused("entries[0].jti", new ByToken(new UUID(1, 7)));
        assertRefused("entries[0].decisionId", new ByDecision(new UUID(1, 9)));
        assertThat(store.events().size()).isEqualTo(8);
        assertThat(database.number("SELECT count(*) FROM sallyport.issuance WHERE agent IS NULL"))
                .isZero();
    }

    @Test
    void a_thousand_go_at_once() {
        LongStream.range(10, 1_010).forEach(i -> store.log().append(TestLog.attempt(i, "bot", "issued", "x"), 1));
        Subject[] all = LongStream.range(8, 1_008).mapToObj(ByIndex::new).toArray(Subject[]::new);
        assertThat(erase(all)).hasSize(1_000).containsEntry(1_007L, 1_008L);
        assertThat(TestLog.checked(database)).isEqualTo(1_009);
    }

    @Test
    void the_brokers_role_erases_nothing_that_it_does_not_log_in_the_same_transaction() throws SQLException {
        String call = "SELECT sallyport.erase_details(";
        assertRejected(call + "7)", "an entry of another type");
        assertRejected(call + "99)", "no entry");
        assertRejected(forged("erasure", "[0]", 8, 0) + call + "8)", "an entry beyond the head");
        assertRejected(forged("erasure", "[0]", 8, 9) + call + "8)", "an entry that is not in the tree");
        assertRejected(forged("suspension", "[0]", 8, 9) + hashed(8) + call + "8)", "an entry of another type");
        assertRejected(forged("erasure", "[7]", 8, 9) + hashed(8) + call + "8)", "an admin's change");
        assertRejected(forged("erasure", "[8]", 8, 9) + hashed(8) + call + "8)", "itself");
        assertRejected(
                forged("erasure", "[0]", 8, 9).replace("'[0]'", "'[0] '") + hashed(8) + call + "8)",
                "a detail that the leaf does not commit to");
        assertThat(TestLog.checked(database)).isEqualTo(8);
        database.execute(TestDatabase.BROKER, forged("erasure", "[0]", 8, 9) + hashed(8));
        assertRejected(call + "8)", "an entry of an earlier transaction");
        assertThat(database.number("SELECT count(*) FROM sallyport.log_entry WHERE detail IS NULL"))
                .isZero();
    }

    @Test
    void what_is_erased_is_not_altered_any_more_by_anyone() {
        erase(new ByIndex(1L));
        for (String sql : List.of(
                "UPDATE sallyport.log_entry SET detail = 'x' WHERE index = 1",
                "UPDATE sallyport.log_entry SET detail = NULL, salt = NULL, leaf = 'x' WHERE index = 1",
                "UPDATE sallyport.log_entry SET detail = NULL, salt = NULL WHERE index = 2",
                "UPDATE sallyport.erased SET erasure = 9",
                "DELETE FROM sallyport.erased",
                "INSERT INTO sallyport.erased VALUES (2, 8)")) {
            assertRejected(TestDatabase.SUPERUSER, "SET session_replication_role = replica; " + sql, sql);
        }
    }

    @Test
    void the_function_takes_what_the_broker_has_logged() throws SQLException {
        database.execute(
                TestDatabase.BROKER, forged("erasure", "[0]", 8, 9) + hashed(8) + "SELECT sallyport.erase_details(8)");
        assertThat(database.number("SELECT erasure FROM sallyport.erased WHERE index = 0"))
                .isEqualTo(8);
    }

    /** What a broker's role that somebody has taken over could insert: an entry, and a head of another size. */
    private static String forged(String type, String entries, long index, long size) {
        String detail = "{\"entries\":" + entries + "}";
        String commitment = Hash.hex(Hash.sha256(new byte[16], detail.getBytes(StandardCharsets.UTF_8)));
        String head = size == 0
                ? ""
                : "UPDATE sallyport.log_head SET size = " + size + ", frontier = decode(repeat('00', "
                        + 32 * Long.bitCount(size) + "), 'hex');";
        return head + "INSERT INTO sallyport.log_entry (index, leaf, salt, detail) VALUES (" + index
                + ", convert_to('{\"commitment\":\"" + commitment + "\",\"type\":\"" + type
                + "\"}', 'UTF8'), decode(repeat('00', 16), 'hex'), convert_to('{\"entries\":' || '" + entries
                + "' || '}', 'UTF8'));";
    }

    private static String hashed(long index) {
        return "INSERT INTO sallyport.log_hash SELECT index, sha256('\\x00'::bytea || leaf) FROM sallyport.log_entry "
                + "WHERE index = " + index + ";";
    }

    private SortedMap<Long, Long> erase(Subject... subjects) {
        return store.erasures().erase(List.of(subjects), "asked to", ADMIN).entries();
    }

    private void assertRefused(String field, Subject... subjects) {
        assertThatThrownBy(() -> erase(subjects))
                .isInstanceOfSatisfying(
                        Invalid.class, invalid -> assertThat(invalid.field()).isEqualTo(field));
    }

    private void assertRejected(String sql, String what) {
        assertRejected(TestDatabase.BROKER, sql, what);
    }

    private void assertRejected(String role, String sql, String what) {
        assertThatThrownBy(() -> database.execute(role, sql))
                .as(what)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith(INTEGRITY));
    }

    private String leaves(int count) {
        return database.text("SELECT string_agg(encode(leaf, 'hex'), ' ' ORDER BY index) FROM sallyport.log_entry "
                + "WHERE index < " + count);
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
