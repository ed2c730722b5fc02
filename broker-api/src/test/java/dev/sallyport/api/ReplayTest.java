package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.RecordedHistory.Attempt;
import dev.sallyport.api.RecordedHistory.Rules;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.replay.Replays;
import dev.sallyport.api.replay.Replays.Place;
import dev.sallyport.core.log.Entry;
import dev.sallyport.store.PostgresStore;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What candidates would have decided otherwise, over HTTP and a history that a test knows. */
class ReplayTest {

    /** A long history takes {@code -Dsallyport.replay.attempts=100000}. */
    private static final int ATTEMPTS = Integer.getInteger("sallyport.replay.attempts", 2_000);

    /** The history ends here, so that what the tests do themselves is apart from it. */
    static Instant end;

    static RecordedHistory history;

    private static final String READS =
            "{\"name\":\"bots-read\",\"effect\":\"allow\",\"agents\":[{\"name\":\"bot-*\"}],\"targets\":[\"invoices\"],"
                    + "\"actions\":[\"invoices:read\"],\"when\":\"%s\",\"grant\":{\"ttl\":\"PT4M\"}}";
    private static final String ON_MAIN = "attestation.claims.ref == 'refs/heads/main'";
    private static final String WRITES =
            "{\"name\":\"bot-a-writes\",\"effect\":\"allow\",\"agents\":[{\"name\":\"bot-a\"}],"
                    + "\"targets\":[\"invoices\"],\"actions\":[\"invoices:write\"]%s}";

    @RegisterExtension
    static final Served SERVED = Served.with(RecordedHistory.BUNDLE)
            .admin(
                    "repository_id",
                    "9000",
                    "policy:read policy:write audit:read system:write directory:write directory:read");

    @BeforeAll
    static void start() {
        end = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        history = RecordedHistory.of(ATTEMPTS, 20261124, end);
        history.write(SERVED.broker());
    }

    @Test
    void what_is_in_force_decides_as_it_did() {
        JsonNode result = replay("{}", "");

        assertThat(result.get("decided").asInt()).isEqualTo(ATTEMPTS);
        assertThat(result.get("unchanged").asInt()).isEqualTo(ATTEMPTS);
        assertThat(result.get("complete").asBoolean()).isTrue();
    }

    @Test
    void a_condition_that_is_stricter_denies_exactly_what_it_should() {
        JsonNode result =
                replay("{\"put\":[" + READS.formatted(ON_MAIN + " && request.time.getHours('UTC') < 18") + "]}", "");

        assertDiffers(result, attempt -> RecordedHistory.IN_FORCE.read(attempt) && attempt.hour() < 18);
        assertThat(result.at("/newlyAllowed/count").asInt()).isZero();
    }

    @Test
    void a_condition_on_posture_counts_what_has_expired() {
        Rules stricter = new Rules() {
            @Override
            public boolean read(Attempt attempt) {
                return RecordedHistory.IN_FORCE.read(attempt);
            }

            @Override
            public int mostRisk() {
                return 30;
            }
        };
        assertDiffers(replay("{\"put\":[" + riskAbove(30) + "]}", ""), stricter);
    }

    @Test
    void a_deny_that_is_removed_allows_exactly_what_it_should() {
        Rules laxer = new Rules() {
            @Override
            public boolean read(Attempt attempt) {
                return RecordedHistory.IN_FORCE.read(attempt);
            }

            @Override
            public boolean risky(Attempt attempt) {
                return false;
            }
        };
        JsonNode result = replay("{\"remove\":[\"no-risk\"]}", "");

        assertDiffers(result, laxer);
        assertThat(result.at("/newlyDenied/count").asInt()).isZero();
        assertThat(result.at("/newlyAllowed/count").asInt()).isPositive();
    }

    @Test
    void a_shorter_lifetime_narrows_and_a_wanted_proof_denies() {
        JsonNode shorter = replay("{\"put\":[" + WRITES.formatted(",\"grant\":{\"ttl\":\"PT1M\"}") + "]}", "");
        JsonNode bound = replay("{\"put\":[" + WRITES.formatted(",\"grant\":{\"proof\":\"dpop\"}") + "]}", "");

        List<Attempt> written = history.attempts().stream()
                .filter(attempt -> RecordedHistory.IN_FORCE.granted(attempt).contains("invoices:write"))
                .toList();
        assertThat(shorter.at("/narrowed/count").asInt()).isEqualTo(written.size());
        assertThat(shorter.at("/narrowed/groups/0/ttl").asString()).isEqualTo("PT1M");
        assertThat(bound.at("/newlyDenied/count").asInt()).isEqualTo((int) written.stream()
                .filter(attempt -> attempt.proof().equals("none"))
                .count());
        assertThat(bound.at("/newlyDenied/groups/0/cause").asString()).isEqualTo("proof");
    }

    @Test
    void a_period_holds_its_beginning_and_not_its_end() {
        Instant from = end.minus(Duration.ofDays(6));
        Instant to = end.minus(Duration.ofDays(4));
        JsonNode result = replay("{}", ",\"from\":\"" + from + "\",\"to\":\"" + to + "\"");

        assertThat(result.get("decided").asLong())
                .isEqualTo(history.attempts().stream()
                        .filter(attempt ->
                                !attempt.time().isBefore(from) && attempt.time().isBefore(to))
                        .count());
    }

    @Test
    void a_period_without_entries_answers_with_zeros() {
        JsonNode result = replay("{}", ",\"from\":\"1999-01-01T00:00:00Z\",\"to\":\"1999-01-02T00:00:00Z\"");

        assertThat(result.get("decided").asInt()).isZero();
        assertThat(result.get("complete").asBoolean()).isTrue();
    }

    @Test
    void documents_are_taken_as_they_were() {
        Answer narrowed = SERVED.broker()
                .send(authorised("/v1/targets/invoices", SERVED.token())
                        .header("If-Match", "*")
                        .PUT(BodyPublishers.ofString(
                                "{\"resource\":\"https://invoices.example/mcp\",\"kind\":\"mcp-server\","
                                        + "\"actions\":[\"invoices:read\",\"invoices:write\",\"invoices:erase\"]}")));
        assertThat(narrowed.status()).as(narrowed.http().body()).isEqualTo(200);

        JsonNode result = replay("{}", "");
        assertThat(result.get("unchanged").asInt()).isEqualTo(ATTEMPTS);
    }

    @Test
    void real_tokens_and_refusals_are_read_as_they_were_written() {
        Instant before = Instant.now().minusMillis(1);
        assertThat(SERVED.broker()
                        .exchange(
                                SERVED.evidence("repository_id", "1001"),
                                "resource",
                                RunningBroker.INVOICES,
                                "scope",
                                "invoices:read")
                        .status())
                .isEqualTo(200);
        assertThat(SERVED.broker()
                        .exchange(
                                SERVED.evidence("repository_id", "1002"),
                                "resource",
                                RunningBroker.INVOICES,
                                "scope",
                                "invoices:write")
                        .status())
                .isEqualTo(400);
        assertThat(SERVED.broker()
                        .exchange(SERVED.evidence("repository_id", "1002"), "resource", "https://nowhere.example")
                        .status())
                .isEqualTo(400);
        assertThat(SERVED.broker()
                        .exchange(SERVED.evidence("repository_id", "77"), "resource", RunningBroker.INVOICES)
                        .status())
                .isEqualTo(400);

        JsonNode same = replay("{}", ",\"from\":\"" + before + "\",\"to\":\"2999-01-01T00:00:00Z\"");
        assertThat(same.get("notDecided").asInt()).isEqualTo(2);
        assertThat(same.get("unchanged").asInt()).isEqualTo(same.get("decided").asInt());
        JsonNode none =
                replay("{\"remove\":[\"bots-read\"]}", ",\"from\":\"" + before + "\",\"to\":\"2999-01-01T00:00:00Z\"");
        assertThat(none.at("/newlyDenied/count").asInt()).isEqualTo(1);
        assertThat(none.at("/newlyDenied/groups/0/agent").asString()).isEqualTo("bot-a");
    }

    @Test
    void erased_and_unreadable_entries_are_counted() {
        Instant time = Instant.parse("2020-05-01T12:00:00Z");
        PostgresStore store = SERVED.broker().context().getBean(PostgresStore.class);
        assertThat(store.log()
                        .append(new Entry(time, Entry.ISSUANCE, "refused", null, Map.of("who", "me")), store.epoch()))
                .isNotNull();
        assertThat(store.log()
                        .append(new Entry(time, Entry.ISSUANCE, "refused", null, Map.of("why", "that")), store.epoch()))
                .isNotNull();
        long index = store.events().size() - 1;
        Answer erased = SERVED.broker()
                .send(authorised("/v1/erasures", SERVED.token())
                        .POST(BodyPublishers.ofString(
                                "{\"entries\":[{\"index\":" + index + "}],\"reason\":\"Request 8\"}")));
        assertThat(erased.status()).as(erased.http().body()).isEqualTo(200);

        JsonNode result = replay("{}", ",\"from\":\"2020-05-01T00:00:00Z\",\"to\":\"2020-05-02T00:00:00Z\"");
        assertThat(result.get("erased").asInt()).isEqualTo(1);
        assertThat(result.get("unreadable").asInt()).isEqualTo(1);
        assertThat(result.get("decided").asInt()).isZero();
    }

    @Test
    void lines_end_with_the_result_and_the_log_says_who_asked() {
        Answer answer = SERVED.broker()
                .send(authorised("/v1/policy-replays", SERVED.token())
                        .POST(BodyPublishers.ofString("{\"changes\":{},\"last\":\"P30D\"}")));

        assertThat(answer.http().headers().firstValue("Content-Type")).contains("application/x-ndjson");
        List<String> lines = answer.http().body().lines().toList();
        assertThat(JsonMapper.shared().readTree(lines.getLast()).get("type").asString())
                .isEqualTo("result");
        Answer logged = SERVED.broker()
                .send(authorised("/v1/events?type=replay&limit=1", SERVED.token())
                        .GET());
        assertThat(logged.http().body()).contains("\"platform-ci\"", "\"from\"", "\"token\"", "\"revision\"");
    }

    @Test
    void it_takes_the_scopes_of_both_policies_and_history() {
        for (String scopes : List.of("policy:read", "audit:read", "policy:write system:write")) {
            Answer answer = SERVED.broker()
                    .send(authorised("/v1/policy-replays", SERVED.token("repository_id", "9000", scopes))
                            .POST(BodyPublishers.ofString("{\"changes\":{},\"last\":\"P30D\"}")));
            assertThat(answer.status()).as(scopes).isEqualTo(403);
        }
        Answer check = SERVED.broker()
                .send(authorised(
                                "/v1/policies/bots-read?requireNoNewDenials=P30D",
                                SERVED.token("repository_id", "9000", "policy:write"))
                        .header("If-Match", "*")
                        .PUT(BodyPublishers.ofString(READS.formatted("true"))));
        assertThat(check.status()).isEqualTo(403);
    }

    @Test
    void a_change_of_other_documents_is_not_vouched_for_by_the_history() {
        ObjectNode configuration = (ObjectNode) JsonMapper.shared()
                .readTree(SERVED.get("/v1/configuration").http().body());
        ((ObjectNode) configuration.at("/agents/0")).put("owner", "somebody-else");
        Answer answer = SERVED.broker()
                .send(authorised("/v1/configuration?dryRun=true&requireNoNewDenials=P30D", SERVED.token())
                        .PUT(BodyPublishers.ofString(configuration.toString())));

        assertThat(answer.status()).as(answer.http().body()).isEqualTo(409);
        assertThat(answer.body()).containsEntry("code", "history-unsettled");
    }

    @Test
    void whoever_replays_all_day_keeps_nobody_from_a_change() {
        Replays replays = SERVED.broker().context().getBean(Replays.class);
        try (Place _ = replays.place();
                Place _ = replays.place()) {
            Answer change = put("/v1/policies/bots-read?dryRun=true&requireNoNewDenials=P30D", READS.formatted("true"));
            assertThat(change.status()).as(change.http().body()).isEqualTo(200);
        }
    }

    @Test
    void at_most_two_run_at_a_time() {
        Replays replays = SERVED.broker().context().getBean(Replays.class);
        try (Place _ = replays.place();
                Place _ = replays.place()) {
            Answer answer = SERVED.broker()
                    .send(authorised("/v1/policy-replays", SERVED.token())
                            .POST(BodyPublishers.ofString("{\"changes\":{},\"last\":\"P30D\"}")));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.http().headers().firstValue("Retry-After")).contains("10");
        }
        await().untilAsserted(() -> replays.place().close());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"last\":\"P30D\"} | policies",
                "{\"changes\":{}} | from",
                "{\"changes\":{},\"policies\":[],\"last\":\"P30D\"} | changes",
                "{\"changes\":{},\"last\":\"P30D\",\"from\":\"2026-01-01T00:00:00Z\"} | last",
                "{\"changes\":{},\"last\":\"P367D\"} | last",
                "{\"changes\":{},\"last\":\"30 days\"} | last",
                "{\"changes\":{},\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2026-01-01T00:00:00Z\"} | to",
                "{\"changes\":{},\"from\":\"2999-01-02T00:00:00Z\"} | from",
                "{\"changes\":{},\"from\":\"noon\"} | from",
                "{\"changes\":{},\"fromIndex\":-1} | fromIndex",
                "{\"changes\":{},\"fromIndex\":7,\"toIndex\":6} | toIndex",
                "{\"changes\":{},\"last\":\"P1D\",\"limit\":1001} | limit",
                "{\"changes\":{},\"last\":\"P1D\",\"colour\":\"red\"} | colour",
                "{\"changes\":{\"remove\":[\"nobody\"]},\"last\":\"P1D\"} | changes.remove[0]",
                "{\"changes\":{\"put\":[null]},\"last\":\"P1D\"} | changes.put[0]",
                "{\"policies\":[null],\"last\":\"P1D\"} | policies[0]",
                "{\"changes\":{\"put\":[{\"name\":\"c\",\"effect\":\"allow\",\"agents\":[{\"kind\":\"workload\"}],"
                        + "\"targets\":[\"*\"],\"actions\":[\"*\"],\"when\":\"tru\"}]},\"last\":\"P1D\"} | changes.put[0].when",
                "{\"policies\":[{\"name\":\"c\",\"effect\":\"allow\",\"agents\":[{\"name\":\"nobody\"}],"
                        + "\"targets\":[\"*\"],\"actions\":[\"*\"]}],\"last\":\"P1D\"} | policies[0].agents[0].name",
            })
    void what_can_not_be_replayed_is_named(String body, String field) {
        Answer answer = SERVED.broker()
                .send(authorised("/v1/policy-replays", SERVED.token()).POST(BodyPublishers.ofString(body)));
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(422);
        assertThat(answer.body()).containsEntry("field", field);
    }

    @Test
    void a_change_that_history_does_not_bear_is_refused() {
        String stricter = READS.formatted(ON_MAIN + " && request.time.getHours('UTC') < 18");
        Answer refused = put("/v1/policies/bots-read?requireNoNewDenials=P30D", stricter);
        assertThat(refused.status()).as(refused.http().body()).isEqualTo(409);
        assertThat(refused.body())
                .containsEntry("type", "https://sallyport.dev/problems/new-denials")
                .containsEntry("code", "new-denials")
                .containsKeys("groups", "count");
        assertThat(put("/v1/policies/bots-read?dryRun=true&requireNoNewDenials=P30D", stricter)
                        .status())
                .isEqualTo(409);
        assertThat(put("/v1/policies/bots-read?dryRun=true&requireNoNewGrants=P30D", stricter)
                        .status())
                .isEqualTo(200);
        Answer removed = SERVED.broker()
                .send(authorised("/v1/policies/no-risk?requireNoNewGrants=P30D", SERVED.token())
                        .header("If-Match", "*")
                        .DELETE());
        assertThat(removed.status()).isEqualTo(409);
        assertThat(removed.body()).containsEntry("code", "new-grants");
        assertThat(put("/v1/policies/bots-read?dryRun=true&requireNoNewDenials=P999D", stricter)
                        .body())
                .containsEntry("field", "requireNoNewDenials");
    }

    private static String riskAbove(int most) {
        return "{\"name\":\"no-risk\",\"effect\":\"deny\",\"agents\":[{\"kind\":\"workload\"}],\"targets\":[\"*\"],"
                + "\"actions\":[\"*\"],\"when\":\"has(posture.risk) && posture.risk > " + most + "\"}";
    }

    private static Answer put(String path, String policy) {
        return SERVED.broker()
                .send(authorised(path, SERVED.token()).header("If-Match", "*").PUT(BodyPublishers.ofString(policy)));
    }

    /** Compares counts and groups with what the rules in words come to. */
    private static void assertDiffers(JsonNode result, Rules candidates) {
        Map<String, Long> expected = history.attempts().stream()
                .flatMap(attempt -> difference(attempt, candidates))
                .collect(Collectors.groupingBy(text -> text, TreeMap::new, Collectors.counting()));
        Map<String, Long> found = new TreeMap<>();
        for (String kind : List.of("newlyDenied", "newlyAllowed", "narrowed", "widened", "changed")) {
            JsonNode differences = result.get(kind);
            long sum = 0;
            for (JsonNode group : differences.get("groups")) {
                long count = group.get("count").asLong();
                String granted = group.has("granted") ? texts(group.get("granted")) : "[]";
                found.merge(
                        kind + " " + group.get("agent").asString() + " " + texts(group.get("actions")) + " " + granted,
                        count,
                        Long::sum);
                sum += count;
            }
            assertThat(differences.get("count").asLong()).as(kind).isEqualTo(sum);
        }
        assertThat(found).isEqualTo(expected).isNotEmpty();
        assertThat(result.get("decided").asInt()).isEqualTo(ATTEMPTS);
        assertThat(result.get("truncated").asBoolean()).isFalse();
    }

    private static Stream<String> difference(Attempt attempt, Rules candidates) {
        List<String> before = RecordedHistory.IN_FORCE.granted(attempt);
        List<String> after = candidates.granted(attempt);
        if (before.equals(after)) {
            return Stream.of();
        }
        String kind = after.isEmpty() ? "newlyDenied" : before.isEmpty() ? "newlyAllowed" : narrower(before, after);
        return Stream.of(
                kind + " " + attempt.agent() + " " + (before.isEmpty() ? attempt.asked() : before) + " " + after);
    }

    /** Who may only write has five minutes instead of four. */
    private static String narrower(List<String> before, List<String> after) {
        return before.contains("invoices:read") == after.contains("invoices:read") ? "narrowed" : "changed";
    }

    private static String texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList().toString();
    }

    /** The result of a replay over the whole history, or the period that is given instead. */
    private static JsonNode replay(String changes, String period) {
        String body = "{\"changes\":" + changes
                + (period.isEmpty() ? ",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"" + end + "\"" : period) + "}";
        Answer answer = SERVED.broker()
                .send(authorised("/v1/policy-replays", SERVED.token())
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofString(body)));
        assertThat(answer.status()).as(answer.http().body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.http().body());
    }

    private static HttpRequest.Builder authorised(String path, String token) {
        return SERVED.api(path, token).header("Content-Type", "application/json");
    }
}
