package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.JWT_BEARER;
import static dev.sallyport.api.RunningBroker.form;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the management port shows, and the main port does not. */
class MetricsTest {

    private static final Path OPERATIONS = Path.of("..", "docs", "operations.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `(?<name>sallyport_[a-z_]+)` \\| (?<type>[a-z]+) \\| (?<labels>[^|]*)\\|.*\\|");

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(
                directory, platform, """
                trustProviders:
                  - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
                  - { name: private, type: oidc, issuer: https://private.example, keys: { jwksUri: "http://127.0.0.1:1/jwks" } }
                agents:
                  - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
                targets:
                  - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ a, b ], defaultActions: [ a ] }
                policies:
                  - { name: p, effect: allow, agents: [ { name: bot } ], targets: [ invoices ], actions: [ a ] }
                """, List.of("--sallyport.push-url=http://localhost:1/events"));
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void every_answer_is_counted_once_and_every_room_is_timed() {
        Scrape before = Scrape.of(broker);
        assertThat(before.above0("sallyport_token_requests_total")).isEmpty();

        askInEveryWay();

        Scrape scrape = Scrape.of(broker);
        assertThat(scrape.above0("sallyport_token_requests_total"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        labels("issued", "none", ""), 1.0,
                        labels("refused", "evidence", "audience"), 1.0,
                        labels("refused", "evidence", "format"), 1.0,
                        labels("refused", "agent", ""), 1.0,
                        labels("refused", "target", ""), 1.0,
                        labels("refused", "action", ""), 1.0,
                        labels("malformed", "malformed", ""), 4.0,
                        labels("malformed", "grant", ""), 1.0,
                        labels("unavailable", "unavailable", ""), 1.0));
        assertThat(scrape.above0("sallyport_token_seconds_count"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "outcome=\"issued\"", 1.0,
                        "outcome=\"refused\"", 5.0,
                        "outcome=\"malformed\"", 5.0,
                        "outcome=\"unavailable\"", 1.0));
        assertThat(scrape.above0("sallyport_room_seconds_count"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "room=\"attest\"", 7.0,
                        "room=\"resolve\"", 7.0,
                        "room=\"decide\"", 2.0,
                        "room=\"mint\"", 1.0,
                        "room=\"append\"", 4.0));
        assertThat(scrape.value("sallyport_room_seconds_bucket{room=\"append\",le=\"+Inf\"}"))
                .isEqualTo(4);
        assertThat(scrape.value("sallyport_token_seconds_bucket{outcome=\"issued\",le=\"5.0\"}"))
                .isEqualTo(1);
        assertThat(scrape.value("sallyport_state_epoch")).isPositive();
        assertThat(scrape.value("sallyport_state_revision")).isEqualTo(1);
        assertThat(scrape.value("sallyport_log_queue_entries")).isZero();
        Awaitility.await().untilAsserted(() -> batchesAreCounted(Scrape.of(broker)));
    }

    private static void askInEveryWay() {
        String good = platform.token(broker.issuer(), claims -> {});
        assertThat(broker.exchange(good).status()).isEqualTo(200);
        assertThat(broker.exchange(platform.token("elsewhere", claims -> {})).status())
                .isEqualTo(400);
        assertThat(broker.exchange("nonsense").status()).isEqualTo(400);
        assertThat(broker.exchange(platform.token(broker.issuer(), claims -> claims.put("repository_id", "2")))
                        .status())
                .isEqualTo(400);
        assertThat(broker.exchange(good, "resource", "https://nowhere.example").status())
                .isEqualTo(400);
        assertThat(broker.exchange(good, "resource", INVOICES, "scope", "b").status())
                .isEqualTo(400);
        assertThat(broker.exchange(
                                platform.token(broker.issuer(), claims -> claims.put("iss", "https://private.example")))
                        .status())
                .isEqualTo(503);
        assertThat(broker.post(form("grant_type", "password")).status()).isEqualTo(400);
        assertThat(broker.post(form("grant_type", JWT_BEARER)).status()).isEqualTo(400);
        assertThat(broker.post(BodyPublishers.ofString("{}"), "application/json")
                        .status())
                .isEqualTo(400);
        assertThat(broker.post("a".repeat(65 * 1024 + 1)).status()).isEqualTo(413);
        assertThat(broker.send(broker.request("/oauth2/token").GET()).status()).isEqualTo(405);
    }

    private static void batchesAreCounted(Scrape scrape) {
        double batches = scrape.value("sallyport_log_batch_entries_count");
        assertThat(scrape.value("sallyport_log_batch_entries_sum")).isEqualTo(4);
        assertThat(scrape.value("sallyport_log_batch_entries_bucket{le=\"256.0\"}"))
                .isEqualTo(batches);
        assertThat(scrape.value("sallyport_log_commit_seconds_count")).isEqualTo(batches);
        assertThat(scrape.value("sallyport_log_commit_seconds_sum")).isPositive();
    }

    private static String labels(String outcome, String reason, String check) {
        return "check=\"%s\",outcome=\"%s\",reason=\"%s\"".formatted(check, outcome, reason);
    }

    @Test
    void the_documentation_lists_exactly_what_is_shown() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(OPERATIONS)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(row.group("name"), row.group("type") + " " + codes(row.group("labels")));
            }
        }
        Scrape scrape = Scrape.of(broker);
        Map<String, String> shown = new TreeMap<>();
        scrape.types()
                .forEach((name, type) ->
                        shown.put(name, type + " " + List.copyOf(scrape.labels().get(name))));

        assertThat(shown).isEqualTo(documented);
    }

    private static List<String> codes(String cell) {
        List<String> codes = new ArrayList<>();
        Pattern.compile("`([a-z]+)`").matcher(cell).results().forEach(code -> codes.add(code.group(1)));
        return codes.stream().sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/prometheus", "/health", "/health/readiness", "/actuator"})
    void the_main_port_serves_nothing_of_the_management_port(String path) {
        assertThat(broker.send(broker.request(path)).status()).isEqualTo(404);
    }

    @Test
    void requests_are_not_observed_by_the_framework_on_the_token_path() {
        assertThat(broker.management("/metrics").http().body())
                .contains("jvm_memory_used_bytes")
                .doesNotContain("http_server_requests", "spring_security");
    }

    @Test
    void health_tells_a_stranger_names_and_states_only() {
        assertThat(broker.management("/health/liveness").body()).containsEntry("status", "UP");
        assertThat(broker.management("/health").http().body())
                .contains("\"log\":{\"status\":\"UP\"}")
                .doesNotContain("details", "problem");
        assertThat(broker.management("/env").status()).isEqualTo(404);
    }
}
