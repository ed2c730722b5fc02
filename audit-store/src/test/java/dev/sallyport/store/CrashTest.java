package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.log.Notes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that dies or has no room left, under load: what was told to be recorded is there, and nothing is torn. */
class CrashTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Notes NOTES = new Notes("broker.example/log", LogKey.generate());
    private static final Random RANDOM = new Random(11);

    @TempDir
    static Path directory;

    private static TestServer server;
    private static int count;

    private TestDatabase database;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(directory);
        TestDatabase.initialise(server.port(), "template_crashing");
    }

    @BeforeEach
    void create() {
        database = new TestDatabase(server.port(), "crashing_" + ++count);
        new TestDatabase(server.port(), "postgres")
                .execute("CREATE DATABASE " + database.name() + " OWNER " + TestDatabase.OWNER
                        + " TEMPLATE template_crashing");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void a_server_that_is_killed_in_the_middle_of_batches_loses_nothing_that_was_recorded() throws Exception {
        try (PostgresStore one = database.open();
                PostgresStore other = database.open();
                PublicLog published = one.publish(NOTES);
                TestLoad load = TestLoad.on(List.of(one.log(), other.log()), 12, TestLog::entry)) {
            for (int round = 0; round < 3; round++) {
                int before = load.count();
                await().atMost(SOON).until(() -> load.count() > before + 1_000);
                server.killAtOnce();
                server.restart();
            }
            int before = load.count();
            await().atMost(SOON).until(() -> load.count() > before + 500);
            assertThat(load.failures()).isPositive();
            load.assertInLog(database);
            awaitCheckpoint(published);
        }
        assertThat(TestLog.checked(database)).isPositive();
    }

    /** The smaller limit stops the write-ahead log too, so that the server panics; the larger one only tables. */
    @ParameterizedTest
    @CsvSource({"6_000_000", "24_000_000"})
    void a_full_disk_stops_the_log_and_tears_nothing(String limit) throws Exception {
        assumeTrue(hasPrlimit(), "there is no prlimit here");
        try (PostgresStore store = database.open();
                PublicLog published = store.publish(NOTES);
                TestLoad load = TestLoad.on(List.of(store.log()), 8, CrashTest::large)) {
            await().atMost(SOON).until(() -> load.count() > 20);
            server.limitFiles(limit.replace("_", ""));
            await().atMost(SOON).until(() -> store.problem().isPresent());
            long failures = load.failures();
            await().atMost(SOON).until(() -> load.failures() > failures + 100);

            if (server.isAlive()) {
                server.limitFiles("unlimited");
            } else {
                server.restart();
            }
            int before = load.count();
            await().atMost(SOON).until(() -> load.count() > before + 20);
            load.assertInLog(database);
            awaitCheckpoint(published);
        }
        assertThat(TestLog.checked(database)).isPositive();
    }

    /** PostgreSQL then answers a commit with success and a warning: it is durable here, and perhaps nowhere else. */
    @Test
    void a_commit_whose_wait_for_a_standby_was_cancelled_is_not_reported_as_recorded() throws Exception {
        long size;
        try (PostgresStore store = database.open()) {
            AtomicLong recorded = new AtomicLong();
            var _ = store.log().append(TestLog.entry(recorded.incrementAndGet()), 0);
            database.execute("ALTER SYSTEM SET synchronous_standby_names = 'nowhere'");
            database.execute("SELECT pg_reload_conf()");
            CompletableFuture<Void> appending =
                    CompletableFuture.runAsync(() -> appendUntilUnavailable(store, recorded));
            await().atMost(SOON)
                    .until(() -> database.number("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                                    + " WHERE wait_event = 'SyncRep' AND application_name = 'sallyport appender'")
                            > 0);
            assertThatThrownBy(appending::join).hasCauseInstanceOf(Unavailable.class);
            size = database.number("SELECT size FROM sallyport.log_head");
            assertThat(size).isEqualTo(recorded.get() + 1);
        } finally {
            database.execute("ALTER SYSTEM RESET synchronous_standby_names");
            database.execute("SELECT pg_reload_conf()");
        }
        assertThat(TestLog.checked(database)).isEqualTo(size);
    }

    /** The server takes a new setting when it comes to it: until then appends go through. */
    private static void appendUntilUnavailable(PostgresStore store, AtomicLong recorded) {
        while (true) {
            var _ = store.log().append(TestLog.entry(recorded.get() + 1), 0);
            recorded.incrementAndGet();
        }
    }

    private void awaitCheckpoint(PublicLog published) {
        await().atMost(SOON)
                .until(() -> database.number("SELECT coalesce(max(size), 0) FROM sallyport.checkpoint")
                        == database.number("SELECT size FROM sallyport.log_head"));
        assertThat(published.problem()).isEmpty();
    }

    /** An entry that fills the disk soon: its detail can't be compressed. */
    private static Entry large(long number) {
        byte[] noise = new byte[48_000];
        RANDOM.nextBytes(noise);
        Entry.TokenFacts token = new Entry.TokenFacts(new UUID(number, 7), "00", Instant.EPOCH);
        Map<String, Object> detail = Map.of("noise", HexFormat.of().formatHex(noise));
        return new Entry(Instant.EPOCH, Entry.ISSUANCE, "issued", token, detail);
    }

    private static boolean hasPrlimit() throws InterruptedException {
        try {
            return TestServer.run(List.of("prlimit", "--version")) == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
