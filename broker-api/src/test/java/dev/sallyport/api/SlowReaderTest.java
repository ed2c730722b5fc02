package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.config.Database;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.verify.VerifyCommand;
import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.store.PostgresStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Whoever exports the log and reads nothing for a while. */
class SlowReaderTest {

    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
            agents:
              - { name: auditor, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
            targets: []
            policies:
              - { name: audits, effect: allow, agents: [ { name: auditor } ], targets: [ sallyport ], actions: [ "audit:read" ] }
            """;

    /** More than the buffers of a connection take. */
    private static final int LARGE_ENTRIES = 400;

    private static final int LARGE = 60_000;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_reader_who_does_not_read_holds_no_transaction_and_keeps_nobody_from_issuing() throws Exception {
        for (int i = 0; i < LARGE_ENTRIES; i++) {
            append("x".repeat(LARGE));
        }
        int port = broker.context().getBean(Site.class).port();
        try (Socket reader = new Socket(InetAddress.getLoopbackAddress(), port)) {
            reader.getOutputStream().write(request().getBytes(StandardCharsets.US_ASCII));
            InputStream answer = reader.getInputStream();
            assertThat(answer.read()).isEqualTo('H');

            Set<String> throughout = transactions();
            for (int i = 0; i < 100; i++) {
                append("small");
                throughout.retainAll(transactions());
            }
            assertThat(throughout).isEmpty();

            String all = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            verify(all.substring(all.indexOf("\r\n\r\n") + 4));
        }
    }

    private static String request() {
        RunningBroker.Answer token = broker.exchange(
                platform.token("acme-broker", claims -> {}),
                "resource",
                broker.issuer() + "/v1",
                "scope",
                "audit:read");
        assertThat(token.status()).as(token.description()).isEqualTo(200);
        // Without the chunks of HTTP/1.1: the answer ends with the connection.
        return "GET /v1/events/export HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer "
                + token.body().get("access_token") + "\r\n\r\n";
    }

    private static void append(String padding) {
        IssuanceLog log = broker.context().getBean(IssuanceLog.class);
        long epoch = broker.context().getBean(PostgresStore.class).epoch();
        Entry entry = new Entry(Instant.EPOCH, "key", "applied", null, Map.of("padding", padding));
        assertThat(log.append(entry, epoch)).isInstanceOf(Recorded.class);
    }

    /** Those that are open now, each with its beginning. */
    private static Set<String> transactions() throws SQLException {
        Set<String> open = new HashSet<>();
        try (Connection connection =
                        broker.context().getBean(Database.class).broker().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pid || ' ' || xact_start FROM pg_stat_activity"
                        + " WHERE usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL")) {
            while (row.next()) {
                open.add(row.getString(1));
            }
        }
        return open;
    }

    private static void verify(String export) throws IOException {
        List<String> lines = export.lines().toList();
        assertThat(lines).hasSizeGreaterThan(LARGE_ENTRIES).last().asString().startsWith("{\"checkpoint\":");
        Path file = Files.writeString(directory.resolve("export.ndjson"), export);
        String key = broker.send(broker.request("/log/key")).http().body().strip();
        assertThat(new CommandLine(new VerifyCommand()).execute(file.toString(), "--key", key))
                .isZero();
    }
}
