package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.log.Merkle;
import dev.sallyport.core.log.Notes;
import dev.sallyport.store.ReceiptAnswer.Receipt;
import dev.sallyport.store.ReceiptAnswer.Unknown;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicLogTest {

    private static final Notes NOTES = new Notes("broker.example/log", LogKey.generate());
    private static final String SIZE = "SELECT coalesce(max(size), 0) FROM sallyport.checkpoint";

    private final TestDatabase database = TestDatabase.create();

    @Test
    void checkpoints_follow_each_other_with_appends_in_flight_and_two_replicas() {
        AtomicBoolean enough = new AtomicBoolean();
        try (PostgresStore one = database.open();
                PostgresStore other = database.open();
                PublicLog publicOne = one.publish(NOTES);
                PublicLog publicOther = other.publish(NOTES);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                PostgresStore store = i % 2 == 0 ? one : other;
                callers.add(threads.submit(() -> {
                    for (int number = 0; !enough.get(); number++) {
                        Appended _ = store.log().append(TestLog.entry(number), 0);
                    }
                }));
            }
            await().until(() -> database.number("SELECT count(*) FROM sallyport.checkpoint") >= 3);
            database.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = "
                    + "'sallyport checkpointer' AND datname = current_database()");
            await().until(() -> database.number("SELECT count(*) FROM sallyport.checkpoint") >= 5);
            enough.set(true);
            callers.forEach(Callers::result);
            await().until(this::covered);
            assertThat(publicOne.problem()).isEmpty();
            assertThat(publicOther.problem()).isEmpty();
            assertThat(publicOther.checkpoint().orElseThrow().size()).isEqualTo(database.number(SIZE));
        }
        assertEachIsSignedAndOfTheLeaves();
    }

    private void assertEachIsSignedAndOfTheLeaves() {
        List<byte[]> leafHashes = hashes(database.text(
                "SELECT encode(string_agg(hashes, ''::bytea ORDER BY first), 'hex') FROM sallyport.log_hash"));
        long count = database.number("SELECT count(*) FROM sallyport.checkpoint");
        for (int i = 0; i < count; i++) {
            String row = " FROM sallyport.checkpoint ORDER BY size OFFSET " + i + " LIMIT 1";
            int size = (int) database.number("SELECT size" + row);
            byte[] root = TestLog.naiveRoot(leafHashes.subList(0, size));
            assertThat(database.text("SELECT encode(root, 'hex')" + row)).isEqualTo(Hash.hex(root));
            assertThat(new Checkpoint(size, root, database.text("SELECT note" + row)).isSigned(NOTES))
                    .isTrue();
        }
    }

    @Test
    void another_replica_takes_over_from_one_that_ends() {
        try (PostgresStore store = database.open();
                PublicLog first = store.publish(NOTES)) {
            append(store, 1);
            await().until(this::covered);
            try (PublicLog second = store.publish(NOTES)) {
                first.close();
                append(store, 2);
                await().until(this::covered);
                assertThat(second.problem()).isEmpty();
            }
        }
    }

    @Test
    void nothing_is_written_while_nothing_is_appended() {
        try (PostgresStore store = database.open();
                PublicLog published = store.publish(NOTES)) {
            assertThat(published.checkpoint()).isEmpty();
            append(store, 1);
            await().until(this::covered);
            await().during(Duration.ofSeconds(2))
                    .until(() -> database.number("SELECT count(*) FROM sallyport.checkpoint") == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE sallyport.log_hash SET hashes = sha256(hashes) WHERE first = 555",
                "UPDATE sallyport.log_hash SET hashes = sha256('x') WHERE first = 600",
                "UPDATE sallyport.log_subtree SET hash = sha256(hash) WHERE index = 1",
                "UPDATE sallyport.checkpoint SET root = sha256(root)",
                "UPDATE sallyport.checkpoint SET note = replace(note, 'log', 'lot')",
                "UPDATE sallyport.log_head SET frontier = sha256(frontier) || substr(frontier, 33)",
                "DELETE FROM sallyport.log_hash WHERE first = 600",
                "DELETE FROM sallyport.log_subtree",
            })
    void nothing_is_signed_after_a_superuser_has_altered_what_it_rests_on(String sql) {
        try (PostgresStore store = database.open()) {
            for (int i = 0; i < 600; i++) {
                append(store, i);
            }
            try (PublicLog _ = store.publish(NOTES)) {
                await().until(this::covered);
            }
            append(store, 600);
        }
        alter(sql);
        String before = database.text("SELECT max(note) FROM sallyport.checkpoint");
        try (PostgresStore store = database.open();
                PublicLog published = store.publish(NOTES)) {
            await().until(() -> published.problem().isPresent());
            assertThat(published.checkpoint().orElseThrow().note()).isEqualTo(before);
        }
        assertThat(database.number("SELECT count(*) FROM sallyport.checkpoint")).isEqualTo(1);
    }

    /** As a superuser who leaves the triggers as he found them. */
    private void alter(String sql) {
        List<String> triggers = new ArrayList<>();
        for (String table : List.of("log_hash", "log_subtree", "checkpoint")) {
            for (String trigger : List.of("no_change", "no_truncate")) {
                triggers.add("ALTER TABLE sallyport." + table + " % TRIGGER " + trigger);
            }
        }
        String all = String.join(";", triggers);
        database.execute(all.replace("%", "DISABLE") + ";" + sql + ";" + all.replace("%", "ENABLE ALWAYS"));
    }

    @Test
    void receipts_and_tiles_are_those_of_the_definition() {
        try (PostgresStore store = database.open();
                PublicLog published = store.publish(NOTES)) {
            for (int i = 0; i < 700; i++) {
                append(store, i);
            }
            await().until(this::covered);
            List<byte[]> leafHashes = new ArrayList<>();
            published.leaves(0, 256).orElseThrow().forEach(leaf -> leafHashes.add(Merkle.leaf(leaf)));
            published.leaves(1, 256).orElseThrow().forEach(leaf -> leafHashes.add(Merkle.leaf(leaf)));
            published.leaves(2, 188).orElseThrow().forEach(leaf -> leafHashes.add(Merkle.leaf(leaf)));
            Checkpoint checkpoint = published.checkpoint().orElseThrow();
            assertThat(checkpoint.root()).isEqualTo(TestLog.naiveRoot(leafHashes));
            assertThat(published.hashes(0, 2, 17)).hasValue(Frontier.concatenate(leafHashes.subList(512, 529)));
            assertThat(published.hashes(1, 0, 2))
                    .hasValue(Frontier.concatenate(List.of(
                            TestLog.naiveRoot(leafHashes.subList(0, 256)),
                            TestLog.naiveRoot(leafHashes.subList(256, 512)))));
            assertThat(published.hashes(0, 2, 189)).isEmpty();
            assertThat(published.hashes(1, 0, 3)).isEmpty();
            assertThat(published.leaves(3, 1)).isEmpty();

            Receipt receipt = (Receipt) published.receipt(tokenSha256(300));
            assertThat(receipt.index()).isEqualTo(300);
            assertThat(Frontier.concatenate(receipt.path()))
                    .isEqualTo(Frontier.concatenate(TreeTest.naivePath(300, leafHashes)));
            assertThat(receipt.checkpoint()).isEqualTo(checkpoint.note());
            assertThat((Receipt) published.receipt(new UUID(300, 7))).hasToString("Receipt[300]");
            assertThat(published.receipt(tokenSha256(700))).isEqualTo(new Unknown());
            assertThat(published.receipt(new UUID(700, 7))).isEqualTo(new Unknown());
        }
    }

    @Test
    void a_receipt_that_does_not_verify_is_not_handed_out() {
        try (PostgresStore store = database.open();
                PublicLog published = store.publish(NOTES)) {
            append(store, 0);
            append(store, 1);
            await().until(this::covered);
            alter("UPDATE sallyport.log_hash SET hashes = sha256(hashes) WHERE first = 1");
            assertThatThrownBy(() -> published.receipt(new UUID(0, 7))).isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void readers_do_not_take_all_connections() throws Exception {
        AtomicInteger most = new AtomicInteger();
        AtomicInteger now = new AtomicInteger();
        DataSource counted = TestConnections.counting(database.as(TestDatabase.BROKER), now, most);
        try (PublicLog published =
                        new PublicLog(database.as(TestDatabase.BROKER), counted, _ -> NOTES, InstantSource.system());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            published.start();
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                readers.add(threads.submit(published::checkpoint));
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
        assertThat(most).hasValueBetween(1, 4);
    }

    private static void append(PostgresStore store, int number) {
        Appended _ = store.log().append(TestLog.entry(number), 0);
    }

    private static String tokenSha256(int number) {
        return Hash.hex(Hash.sha256(Integer.toString(number).getBytes(StandardCharsets.UTF_8)));
    }

    private boolean covered() {
        return database.number(SIZE) == database.number("SELECT size FROM sallyport.log_head");
    }

    private static List<byte[]> hashes(String hex) {
        byte[] all = HexFormat.of().parseHex(hex);
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 0; i < all.length; i += 32) {
            hashes.add(Arrays.copyOfRange(all, i, i + 32));
        }
        return hashes;
    }
}
