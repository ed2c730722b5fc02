package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class PostgresStoreTest {

    private static final List<Document> DOCUMENTS = List.of(
            new Document("agent", "reporter", "{\"name\": \"reporter\"}"),
            new Document("policy", "allow-reports", "{ \"effect\":\"allow\" }"));
    private static final Author ADMIN = new Author("admin", new UUID(0x7000, 1));
    private static final KeyRecord KEY =
            new KeyRecord("k1", "ES256", "token", "{\"d\":\"secret\"}", Instant.parse("2026-05-01T12:00:00.123456Z"));

    private final TestDatabase database = TestDatabase.create();

    @Test
    void an_empty_database_has_an_empty_snapshot() {
        try (PostgresStore store = database.open()) {
            assertThat(store.load()).isEqualTo(new Snapshot(0, 0, List.of(), List.of(), List.of(), List.of()));
        }
    }

    @Test
    void the_first_documents_are_applied_once() {
        try (PostgresStore store = database.open()) {
            assertThat(store.changes().bootstrap(DOCUMENTS)).isTrue();
            assertThat(store.changes().bootstrap(List.of(new Document("agent", "late", "{}"))))
                    .isFalse();
            assertThat(store.load()).isEqualTo(new Snapshot(1, 1, live(1, DOCUMENTS), List.of(), List.of(), List.of()));
        }
        assertThat(TestLog.checked(database)).isEqualTo(1);
    }

    @Test
    void of_replicas_that_start_at_once_one_applies_the_documents() {
        try (PostgresStore one = database.open();
                PostgresStore other = database.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> applied = Stream.of(one, other, one, other)
                    .map(store -> threads.submit(() -> store.changes().bootstrap(DOCUMENTS)))
                    .toList();
            assertThat(applied.stream().map(Callers::result)).containsOnlyOnce(true);
            assertThat(other.load().epoch()).isEqualTo(1);
        }
        assertThat(TestLog.checked(database)).isEqualTo(1);
    }

    @Test
    void the_log_tells_of_the_documents_by_hash() {
        try (PostgresStore store = database.open()) {
            store.changes().bootstrap(DOCUMENTS);
        }
        String hash = Hash.hex(Hash.sha256(DOCUMENTS.getFirst().json().getBytes(StandardCharsets.UTF_8)));
        assertThat(database.text("SELECT convert_from(detail, 'UTF8') FROM sallyport.log_entry"))
                .startsWith("{\"author\":\"bootstrap\",\"changes\":[{\"after\":\"" + hash
                        + "\",\"kind\":\"agent\",\"name\":\"reporter\"}")
                .endsWith("\"revision\":1}");
        assertThat(database.text("SELECT convert_from(leaf, 'UTF8') FROM sallyport.log_entry"))
                .contains("\"outcome\":\"applied\"", "\"type\":\"configuration\"");
    }

    @Test
    void a_document_that_is_no_json_changes_nothing() {
        try (PostgresStore store = database.open()) {
            assertThatThrownBy(() -> store.changes().bootstrap(List.of(new Document("agent", "a", "{"))))
                    .isInstanceOf(RuntimeException.class);
            assertThat(store.load()).isEqualTo(new Snapshot(0, 0, List.of(), List.of(), List.of(), List.of()));
        }
        assertThat(TestLog.checked(database)).isZero();
    }

    @Test
    void a_revision_replaces_adds_and_removes_at_once() {
        Document reporter = new Document("agent", "reporter", "{\"name\":\"reporter\",\"owner\":\"x\"}");
        Document target = new Document("target", "reports", "{}");
        try (PostgresStore store = database.open()) {
            store.changes().bootstrap(DOCUMENTS);
            OptionalLong epoch = store.changes()
                    .revise(
                            1,
                            List.of(
                                    new DocumentChange(
                                            "agent",
                                            "reporter",
                                            DOCUMENTS.getFirst().json(),
                                            reporter.json()),
                                    new DocumentChange(
                                            "policy",
                                            "allow-reports",
                                            DOCUMENTS.getLast().json(),
                                            null),
                                    DocumentChange.added(target)),
                            ADMIN);

            assertThat(epoch).hasValue(2);
            assertThat(store.load())
                    .isEqualTo(new Snapshot(2, 2, live(2, List.of(reporter, target)), List.of(), List.of(), List.of()));
        }
        assertThat(database.text("SELECT convert_from(detail, 'UTF8') FROM sallyport.log_entry WHERE index = 1"))
                .startsWith("{\"author\":\"admin\",\"changes\":[{\"after\":")
                .contains("\"before\":\"", "\"token\":\"" + ADMIN.token() + "\"")
                .endsWith("\"revision\":2,\"token\":\"" + ADMIN.token() + "\"}");
        assertThat(TestLog.checked(database)).isEqualTo(2);
    }

    @Test
    void of_two_revisions_of_one_base_the_second_stores_nothing() {
        List<DocumentChange> change = List.of(DocumentChange.added(new Document("target", "reports", "{}")));
        try (PostgresStore store = database.open()) {
            store.changes().bootstrap(DOCUMENTS);
            assertThat(store.changes().revise(1, change, ADMIN)).hasValue(2);
            assertThat(store.changes().revise(1, change, ADMIN)).isEmpty();
            assertThat(store.load().revision()).isEqualTo(2);
        }
        assertThat(TestLog.checked(database)).isEqualTo(2);
    }

    @Test
    void a_change_of_a_document_that_is_not_in_force_is_nothing_at_all() {
        List<DocumentChange> changes = List.of(
                DocumentChange.added(new Document("target", "reports", "{}")),
                new DocumentChange("agent", "nobody", "{}", null));
        try (PostgresStore store = database.open()) {
            store.changes().bootstrap(DOCUMENTS);
            assertThatThrownBy(() -> store.changes().revise(1, changes, ADMIN)).isInstanceOf(Unavailable.class);
            assertThat(store.load().revision()).isEqualTo(1);
        }
    }

    @Test
    void documents_that_the_reader_knows_are_left_out() {
        try (PostgresStore store = database.open()) {
            store.changes().bootstrap(DOCUMENTS);
            assertThat(store.load(1).documents()).isNull();
            assertThat(store.load(0).documents()).hasSize(2);
        }
    }

    @Test
    void a_suspension_is_fenced_logged_and_lifted_again() {
        try (PostgresStore store = database.open()) {
            assertThat(store.changes().suspend("agent", "reporter", "stolen laptop", ADMIN))
                    .isEqualTo(1);
            assertThat(store.changes().suspend("agent", "reporter", "again", ADMIN))
                    .isEqualTo(1);
            assertThat(store.load().suspensions())
                    .extracting(Suspension::kind, Suspension::name, Suspension::reason, Suspension::author)
                    .containsExactly(tuple("agent", "reporter", "stolen laptop", "admin"));

            assertThat(store.changes().resume("agent", "reporter", null, ADMIN)).isEqualTo(2);
            assertThat(store.changes().resume("agent", "reporter", null, ADMIN)).isEqualTo(2);
            assertThat(store.load().suspensions()).isEmpty();
        }
        assertThat(database.text("SELECT convert_from(leaf, 'UTF8') FROM sallyport.log_entry WHERE index = 0"))
                .contains("\"outcome\":\"suspended\"", "\"type\":\"suspension\"");
        assertThat(database.text("SELECT convert_from(detail, 'UTF8') FROM sallyport.log_entry WHERE index = 0"))
                .isEqualTo(
                        "{\"author\":\"admin\",\"kind\":\"agent\",\"name\":\"reporter\",\"reason\":\"stolen laptop\","
                                + "\"token\":\"" + ADMIN.token() + "\"}");
        assertThat(TestLog.checked(database)).isEqualTo(2);
    }

    private static List<LiveDocument> live(long since, List<Document> documents) {
        return documents.stream().map(each -> new LiveDocument(each, since)).toList();
    }

    @Test
    void a_key_comes_back_as_it_was_and_is_sealed_in_the_database() {
        try (PostgresStore store = database.open()) {
            store.changes().addKey(KEY);
            assertThat(store.load().keys()).containsExactly(KEY);
            assertThat(store.load().epoch()).isEqualTo(1);
        }
        assertThat(database.text("SELECT encode(sealed, 'escape') FROM sallyport.key"))
                .doesNotContain("secret");
        assertThat(database.text("SELECT convert_from(detail, 'UTF8') FROM sallyport.log_entry"))
                .isEqualTo("{\"algorithm\":\"ES256\",\"kid\":\"k1\",\"purpose\":\"token\"}");
        assertThat(TestLog.checked(database)).isEqualTo(1);
    }

    @Test
    void a_second_key_of_one_name_is_refused_and_not_logged() {
        try (PostgresStore store = database.open()) {
            store.changes().addKey(KEY);
            assertThatThrownBy(() -> store.changes().addKey(KEY)).isInstanceOf(Invalid.class);
            assertThat(store.load().epoch()).isEqualTo(1);
        }
        assertThat(TestLog.checked(database)).isEqualTo(1);
    }

    @Test
    void replicas_that_start_at_once_end_up_with_one_key_of_a_purpose() {
        AtomicInteger made = new AtomicInteger();
        try (PostgresStore one = database.open();
                PostgresStore other = database.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<KeyRecord>> asked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                PostgresStore store = i % 2 == 0 ? one : other;
                asked.add(threads.submit(() -> store.changes()
                        .firstKey(
                                "log",
                                () -> new KeyRecord(
                                        "log-" + made.incrementAndGet(), "Ed25519", "log", "{}", Instant.EPOCH))));
            }
            assertThat(asked)
                    .extracting(Callers::result)
                    .containsOnly(one.changes().firstKey("log", () -> KEY));
            one.changes().firstKey("token", () -> KEY);
            assertThat(one.load().keys()).extracting(KeyRecord::purpose).containsExactlyInAnyOrder("log", "token");
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void a_key_row_that_was_altered_or_sealed_by_another_stops_the_load() {
        byte[] other = new byte[32];
        other[0] = 1;
        try (PostgresStore store = database.open();
                PostgresStore stranger = PostgresStore.open(
                        database.as(TestDatabase.BROKER),
                        database.as(TestDatabase.BROKER),
                        new KeySealer(other),
                        InstantSource.system(),
                        (entries, nanos) -> {})) {
            store.changes().addKey(KEY);
            assertThatThrownBy(stranger::load).isInstanceOf(Invalid.class);
            database.execute("UPDATE sallyport.key SET purpose = 'log'");
            assertThatThrownBy(store::load).isInstanceOf(Invalid.class);
        }
    }

    @Test
    void a_snapshot_never_mixes_two_epochs() {
        try (PostgresStore store = database.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> changes = threads.submit(() -> {
                for (int i = 0; i < 40; i++) {
                    store.changes().addKey(new KeyRecord("k" + i, "ES256", "token", "{}", Instant.EPOCH));
                }
            });
            while (!changes.isDone()) {
                Snapshot snapshot = store.load();
                assertThat(snapshot.keys()).hasSize((int) snapshot.epoch());
            }
            Callers.result(changes);
            assertThat(store.load().epoch()).isEqualTo(40);
        }
    }

    @Test
    void a_change_is_announced_with_its_epoch() throws SQLException {
        try (PostgresStore store = database.open();
                Connection connection = database.as(TestDatabase.BROKER).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("LISTEN sallyport_state");
            store.changes().addKey(KEY);
            assertThat(connection.unwrap(PGConnection.class).getNotifications(5_000))
                    .extracting(each -> each.getParameter())
                    .containsExactly("1");
        }
    }

    @Test
    void a_change_whose_commit_came_with_a_warning_is_not_reported_as_done() {
        TestConnections connections = new TestConnections(database.as(TestDatabase.BROKER));
        try (PostgresStore store = PostgresStore.open(
                database.as(TestDatabase.BROKER),
                connections.source(),
                new KeySealer(new byte[32]),
                InstantSource.system(),
                (entries, nanos) -> {})) {
            connections.warnAtCommit(true);
            assertThatThrownBy(() -> store.changes().addKey(KEY)).isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void a_change_of_the_issuer_is_in_the_log() {
        try (PostgresStore store = database.open()) {
            assertThat(store.issuer()).isEmpty();
            store.changes().storeIssuer("https://broker.example");
            store.changes().storeIssuer("https://other.example");
            assertThat(store.issuer()).contains("https://other.example");
            assertThat(store.load().epoch()).isEqualTo(2);
        }
        assertThat(TestLog.checked(database)).isEqualTo(2);
    }

    @Test
    void migrating_again_changes_nothing_and_odd_role_names_are_refused() {
        Migrations.migrate(database.as(TestDatabase.OWNER), TestDatabase.BROKER, TestDatabase.AUDITOR);
        assertThatThrownBy(() -> Migrations.migrate(database.as(TestDatabase.OWNER), "a\" --", "b"))
                .isInstanceOf(Invalid.class);
    }
}
