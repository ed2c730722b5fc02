package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.api.RunningBroker.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the embedded PostgreSQL promises, and what a broker does when it falls silent. */
class DurabilityTest {

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, """
                trustProviders:
                  - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
                agents:
                  - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
                targets:
                  - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ a ], defaultActions: [ a ] }
                policies:
                  - { name: p, effect: allow, agents: [ { name: bot } ], targets: [ invoices ], actions: [ a ] }
                """);
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @ParameterizedTest
    @CsvSource({"fsync", "synchronous_commit", "full_page_writes"})
    void commits_are_durable(String setting) throws SQLException {
        try (Connection connection = login("sallyport_broker");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("on");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "sallyport_owner", "sallyport_broker", "sallyport_auditor"})
    void nobody_gets_in_without_a_password(String role) {
        assertThatThrownBy(() -> DriverManager.getConnection(url(role), role, "wrong"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE sallyport.log_entry SET leaf = ''",
                "DELETE FROM sallyport.log_entry",
                "TRUNCATE sallyport.log_entry",
                "DELETE FROM sallyport.log_entry_0",
                "UPDATE sallyport.log_hash SET hashes = ''",
                "DELETE FROM sallyport.log_head",
                "UPDATE sallyport.log_head SET size = 0",
                "DROP TABLE sallyport.log_entry",
                "ALTER TABLE sallyport.log_entry DISABLE TRIGGER ALL"
            })
    void the_brokers_own_role_can_not_alter_the_log(String sql) throws SQLException {
        broker.exchange(platform.token(broker.issuer(), claims -> {}));
        int before = broker.attempts().size();

        try (Connection connection = login("sallyport_broker");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql)).isInstanceOf(SQLException.class);
        }
        assertThat(broker.attempts()).hasSize(before);
    }

    @Test
    void secrets_of_the_data_directory_are_the_owners_alone() throws IOException {
        for (String file : List.of("pgpass", "superuser-password", "key-encryption-key")) {
            assertThat(Files.getPosixFilePermissions(broker.data().resolve(file)))
                    .as(file)
                    .hasSize(2);
        }
    }

    @Test
    void a_second_broker_on_the_same_directory_is_refused() {
        assertThatThrownBy(() -> ServeCommand.start(List.of(
                        "--sallyport.port=0", "--sallyport.management-port=0", "--sallyport.data=" + broker.data())))
                .hasRootCauseMessage("data: " + broker.data().toAbsolutePath() + " is in use by another broker");
    }

    @Test
    void while_postgresql_is_silent_there_is_no_token_and_afterwards_there_is_again() throws Exception {
        String evidence = platform.token(broker.issuer(), claims -> {});
        assertThat(broker.exchange(evidence).status()).isEqualTo(200);
        List<ProcessHandle> server = server();

        signal("STOP", server);
        try {
            Answer answer = broker.exchange(evidence);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.error()).isEqualTo("temporarily_unavailable");
            assertThat(answer.http().headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body()).doesNotContainKey("access_token");
        } finally {
            signal("CONT", server);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> broker.exchange(evidence).status() == 200);
    }

    @Test
    void while_postgresql_is_silent_the_broker_is_alive_but_not_ready_and_metrics_go_on() throws Exception {
        awaitReadiness(200, "UP");
        List<ProcessHandle> server = server();

        signal("STOP", server);
        try {
            awaitReadiness(503, "DOWN");
            assertThat(broker.management("/health").status()).isEqualTo(503);
            assertThat(broker.management("/health/liveness").body()).containsEntry("status", "UP");
            assertThat(broker.management("/metrics").status()).isEqualTo(200);
        } finally {
            signal("CONT", server);
        }
        awaitReadiness(200, "UP");
    }

    private static void awaitReadiness(int status, String word) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Answer answer = broker.management("/health/readiness");
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body())
                    .containsOnlyKeys("status", "components")
                    .containsEntry("status", word)
                    .containsEntry(
                            "components",
                            Map.of(
                                    "log", Map.of("status", word),
                                    "news", Map.of("status", word),
                                    "readinessState", Map.of("status", "UP")));
        });
    }

    private static List<ProcessHandle> server() throws IOException {
        String pid = Files.readAllLines(broker.data().resolve("postgres").resolve("postmaster.pid"))
                .getFirst();
        ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        return Stream.concat(Stream.of(postmaster), postmaster.children()).toList();
    }

    private static void signal(String name, List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    private static Connection login(String role) throws SQLException {
        return DriverManager.getConnection(url(role), role, fields(role).get(4));
    }

    private static String url(String role) {
        return "jdbc:postgresql://localhost:" + fields(role).get(1) + "/"
                + (role.equals("postgres") ? "postgres" : "sallyport");
    }

    private static List<String> fields(String role) {
        try {
            return Files.readAllLines(broker.data().resolve("pgpass")).stream()
                    .map(line -> List.of(line.split(":", -1)))
                    .filter(fields -> fields.get(3).equals(role))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
