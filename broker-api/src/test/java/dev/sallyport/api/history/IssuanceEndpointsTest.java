package dev.sallyport.api.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import dev.sallyport.api.web.Problems;
import dev.sallyport.store.Counts;
import dev.sallyport.store.GroupBy;
import dev.sallyport.store.Issuance;
import dev.sallyport.store.IssuanceQuery;
import dev.sallyport.store.Issuances;
import dev.sallyport.store.Term;
import dev.sallyport.store.Term.Kind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class IssuanceEndpointsTest {

    private static final UUID DECISION = new UUID(1, 9);
    private static final UUID JTI = new UUID(1, 7);
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final History history = new History();
    private final MockMvc http = MockMvcBuilders.routerFunctions(
                    IssuanceEndpoints.routes(history, () -> NOON).filter(new Problems()))
            .build();

    @Test
    void without_parameters_it_asks_for_the_newest_fifty() throws Exception {
        MockHttpServletResponse answer = send("/v1/issuances");
        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(json(answer)).isEqualTo(Map.of("items", List.of()));
        assertThat(history.asked).containsExactly(new Asked(IssuanceQuery.ALL, Long.MAX_VALUE, 50));
    }

    @Test
    void each_filter_reaches_the_query() throws Exception {
        send("/v1/issuances?agent=bot&target=invoices&outcome=issued&provider=ci&reason=target&subject=s"
                + "&action=b&action=a&claim=ns=pay=ments&claim=/realm/tier=&from=2026-05-01T12:00:00Z"
                + "&to=2026-05-02T12:00:00%2B02:00&limit=500");
        assertThat(history.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked)
                        .isEqualTo(new Asked(
                                new IssuanceQuery(asked.query().terms(), NOON, Instant.parse("2026-05-02T10:00:00Z")),
                                Long.MAX_VALUE,
                                500)))
                .satisfies(asked -> assertThat(asked.query().terms())
                        .containsExactlyInAnyOrder(
                                new Term(Kind.AGENT, "bot"),
                                new Term(Kind.TARGET, "invoices"),
                                new Term(Kind.OUTCOME, "issued"),
                                new Term(Kind.PROVIDER, "ci"),
                                new Term(Kind.REASON, "target"),
                                new Term(Kind.SUBJECT, "s"),
                                new Term(Kind.ACTION, "a"),
                                new Term(Kind.ACTION, "b"),
                                Term.claim("ns", "pay=ments"),
                                Term.claim("/realm/tier", "")));
    }

    @Test
    void a_page_leads_to_the_next_with_the_same_filters_only() throws Exception {
        history.page = new Issuances.Page(List.of(issued()), 41);
        String next = (String) json(send("/v1/issuances?agent=bot&claim=a=1&claim=b=2&limit=1"))
                .get("next");

        send("/v1/issuances?limit=9&claim=b=2&claim=a=1&cursor=" + next + "&agent=bot");

        assertThat(history.asked.getLast().before()).isEqualTo(41);
        assertThat(history.asked.getLast().limit()).isEqualTo(9);
        assertRefused("/v1/issuances?cursor=" + next, "cursor");
        assertRefused("/v1/issuances?agent=bot&claim=a=1&cursor=" + next, "cursor");
        assertRefused("/v1/issuances?agent=bot&claim=a=1&claim=b=3&cursor=" + next, "cursor");
    }

    @ParameterizedTest
    @CsvSource({
        "colour=blue, colour",
        "Agent=bot, Agent",
        "agent=a&agent=b, agent",
        "agent=, agent",
        "agent=Bot, agent",
        "agent=a%00b, agent",
        "target=a*, target",
        "provider=%C3%BC, provider",
        "outcome=maybe, outcome",
        "reason=not%20this, reason",
        "reason=a&reason=b, reason",
        "subject=, subject",
        "action=, action",
        "claim=namespace, claim",
        "claim==payments, claim",
        "claim=, claim",
        "claim=a=1&claim=a=2&claim=a=3&claim=a=4&claim=a=5&action=6&action=7&action=8&action=9, action",
        "from=yesterday, from",
        "from=2026-05-01, from",
        "to=%2B999999999-01-01T00:00:00Z, to",
        "from=2026-05-01T12:00:00Z&to=2026-05-01T12:00:00Z, to",
        "limit=0, limit",
        "limit=501, limit",
        "limit=-1, limit",
        "limit=ten, limit",
        "limit=99999999999999999999, limit",
        "cursor=, cursor",
        "cursor=AAAA, cursor",
    })
    void a_parameter_that_can_not_be_is_named(String parameters, String name) throws Exception {
        assertRefused("/v1/issuances?" + parameters, name);
    }

    @Test
    void an_item_says_who_what_where_and_why() throws Exception {
        history.page = new Issuances.Page(List.of(issued(), erased()), 0);
        Map<String, Object> body = json(send("/v1/issuances"));
        assertThat(body).doesNotContainKey("next");
        assertThat(JsonMapper.shared().writeValueAsString(body.get("items"))).isEqualTo("""
                [{"index":7,"time":"2026-05-01T12:00:00Z","outcome":"issued",\
                "decisionId":"00000000-0000-0001-0000-000000000009","jti":"00000000-0000-0001-0000-000000000007",\
                "agent":"bot","target":"invoices","resource":"https://invoices.example","provider":"ci",\
                "actions":["invoices:read"],"policyRevision":3},\
                {"index":8,"time":"2026-05-01T12:00:00Z","outcome":"refused",\
                "actions":[],"erased":true}]""");
    }

    @Test
    void counts_name_what_they_are_by_and_the_time_that_they_cover() throws Exception {
        assertThat(JsonMapper.shared()
                        .writeValueAsString(json(send("/v1/issuances/counts?by=hour&by=claim:ns&agent=bot"))))
                .isEqualTo("""
                {"by":["hour","claim:ns"],"from":"2026-04-30T12:00:00Z","to":"2026-05-01T12:00:00Z",\
                "items":[{"hour":"x","claim:ns":"x","count":12}],"truncated":false}""");
        assertThat(history.asked.getLast().query())
                .isEqualTo(new IssuanceQuery(
                        List.of(new Term(Kind.AGENT, "bot")), NOON.minus(Duration.ofHours(24)), NOON));
        send("/v1/issuances/counts?by=day");
        assertThat(history.asked.getLast().query().from()).isEqualTo(NOON.minus(Duration.ofDays(30)));
        send("/v1/issuances/counts?by=day&from=2026-01-01T00:00:00Z&to=2026-05-01T00:00:00Z");
        assertThat(history.asked.getLast().query().from()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "agent=bot, by",
        "by=, by",
        "by=week, by",
        "by=claim, by",
        "by=claim:, by",
        "'by=hour,day', by",
        "by=day&by=day, by",
        "by=day&by=hour&by=agent&by=target, by",
        "by=hour&limit=5, limit",
        "by=hour&outcome=maybe, outcome",
        "by=hour&from=2026-05-01T12:00:00Z, from",
    })
    void a_count_that_can_not_be_is_named(String parameters, String name) throws Exception {
        assertRefused("/v1/issuances/counts?" + parameters, name);
    }

    @Test
    void at_most_four_count_at_once() throws Exception {
        List<Integer> statuses = new ArrayList<>();
        history.counting = () -> {
            try {
                MockHttpServletResponse answer = send("/v1/issuances/counts?by=agent");
                statuses.add(answer.getStatus());
                if (answer.getStatus() == 429) {
                    assertThat(answer.getHeader("Retry-After")).isEqualTo("2");
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
        assertThat(send("/v1/issuances/counts?by=agent").getStatus()).isEqualTo(200);
        assertThat(statuses).containsExactly(429, 200, 200, 200);
    }

    @Test
    void a_single_attempt_is_shown_with_all_that_is_recorded_and_the_stored_bytes() throws Exception {
        history.found = new Issuances.Found(
                issued(),
                bytes("{\"token_sha256\":\"00ff\",\"expires\":\"2026-05-01T12:05:00Z\"}"),
                bytes(
                        "{\"attestation\":{\"claims\":{\"sub\":\"a\\u0000b\"}},\"client_ip\":\"::1\",\"policies\":[\"p\"],"
                                + "\"reason_detail\":\"r\",\"replica\":\"one\",\"input\":{\"ip\":\"::1\"}}"),
                new byte[] {-1, -2, -3},
                null);
        Map<String, Object> body = json(send("/v1/issuances/" + JTI));
        assertThat(body)
                .containsEntry("agent", "bot")
                .containsEntry("attestation", Map.of("claims", Map.of("sub", "a\u0000b")))
                .containsEntry("clientIp", "::1")
                .containsEntry("policies", List.of("p"))
                .containsEntry("reasonDetail", "r")
                .containsEntry("replica", "one")
                .containsEntry("input", Map.of("ip", "::1"))
                .containsEntry("tokenSha256", "00ff")
                .containsEntry("expires", "2026-05-01T12:05:00Z")
                .containsEntry("salt", "//79")
                .containsKeys("leaf", "detail");
    }

    @Test
    void an_erased_attempt_is_shown_without_its_detail() throws Exception {
        history.found =
                new Issuances.Found(erased(), bytes("{}"), null, null, new Issuances.Erasure(9, NOON.plusSeconds(60)));
        assertThat(json(send("/v1/issuances/" + DECISION)))
                .containsEntry("outcome", "refused")
                .containsEntry("leaf", "e30=")
                .containsEntry("erased", Map.of("index", 9, "time", "2026-05-01T12:01:00Z"))
                .doesNotContainKeys("detail", "salt", "agent");
    }

    @ParameterizedTest
    @CsvSource({"00000000-0000-0001-0000-000000000001", "1-1-1-1-1", "bot", "%00"})
    void what_is_not_there_is_a_problem_document(String id) throws Exception {
        MockHttpServletResponse answer = send("/v1/issuances/" + id);
        assertThat(answer.getStatus()).isEqualTo(404);
        assertThat(answer.getContentType()).startsWith("application/problem+json");
    }

    private MockHttpServletResponse send(String path) throws Exception {
        return http.perform(get(URI.create(path))).andReturn().getResponse();
    }

    private void assertRefused(String path, String parameter) throws Exception {
        MockHttpServletResponse answer = send(path);
        assertThat(answer.getStatus()).isEqualTo(400);
        assertThat(json(answer)).containsEntry("field", parameter);
    }

    private static Map<String, Object> json(MockHttpServletResponse answer) {
        return JsonMapper.shared().readValue(answer.getContentAsByteArray(), new TypeReference<>() {});
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Issuance issued() {
        return new Issuance(
                7,
                NOON,
                "issued",
                DECISION,
                JTI,
                "bot",
                "invoices",
                "https://invoices.example",
                "ci",
                List.of("invoices:read"),
                null,
                3L,
                false);
    }

    private static Issuance erased() {
        return new Issuance(8, NOON, "refused", null, null, null, null, null, null, List.of(), null, null, true);
    }

    private record Asked(IssuanceQuery query, long before, int limit) {}

    /** Answers with what the test says, and remembers what it was asked. */
    private static final class History implements Issuances {

        final List<Asked> asked = new ArrayList<>();
        Page page = new Page(List.of(), 0);
        Runnable counting = () -> {};

        @Nullable
        Found found;

        @Override
        public Page list(IssuanceQuery query, long before, int limit) {
            asked.add(new Asked(query, before, limit));
            return page;
        }

        @Override
        public Counts count(IssuanceQuery query, List<GroupBy> by) {
            asked.add(new Asked(query, 0, 0));
            counting.run();
            return new Counts(
                    List.of(new Counts.Group(by.stream().map(each -> "x").toList(), 12)), false);
        }

        @Override
        public Optional<Found> find(UUID id) {
            return Optional.ofNullable(found);
        }
    }
}
