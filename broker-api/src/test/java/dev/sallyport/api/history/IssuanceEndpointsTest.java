package dev.sallyport.api.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import dev.sallyport.api.web.Problems;
import dev.sallyport.store.Issuance;
import dev.sallyport.store.Issuances;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
                    IssuanceEndpoints.routes(history).filter(new Problems()))
            .build();

    @Test
    void without_parameters_it_asks_for_the_newest_fifty() throws Exception {
        MockHttpServletResponse answer = send("/v1/issuances");
        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(json(answer)).isEqualTo(Map.of("items", List.of()));
        assertThat(history.asked).containsExactly(new Asked(Issuances.Query.ALL, null, 50));
    }

    @Test
    void each_filter_reaches_the_query() throws Exception {
        send("/v1/issuances?agent=bot&target=invoices&outcome=issued&provider=ci"
                + "&from=2026-05-01T12:00:00Z&to=2026-05-02T12:00:00%2B02:00&limit=500");
        assertThat(history.asked)
                .containsExactly(new Asked(
                        new Issuances.Query(
                                "bot", "invoices", "issued", "ci", NOON, Instant.parse("2026-05-02T10:00:00Z")),
                        null,
                        500));
    }

    @Test
    void a_page_leads_to_the_next_with_the_same_filters_only() throws Exception {
        history.page = new Issuances.Page(
                List.of(issued()), new Issuances.Position(Instant.parse("2026-05-01T12:00:00.123456Z"), 41));
        String next = (String) json(send("/v1/issuances?agent=bot&limit=1")).get("next");

        send("/v1/issuances?limit=9&cursor=" + next + "&agent=bot");

        assertThat(history.asked.getLast().after()).isEqualTo(history.page.next());
        assertThat(history.asked.getLast().limit()).isEqualTo(9);
        assertRefused("/v1/issuances?cursor=" + next, "cursor");
        assertRefused("/v1/issuances?agent=other&cursor=" + next, "cursor");
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
        history.page = new Issuances.Page(List.of(issued(), erased()), null);
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

    private record Asked(Issuances.Query query, Issuances.@Nullable Position after, int limit) {}

    /** Answers with what the test says, and remembers what it was asked. */
    private static final class History implements Issuances {

        final List<Asked> asked = new ArrayList<>();
        Page page = new Page(List.of(), null);

        @Nullable
        Found found;

        @Override
        public Page list(Query query, @Nullable Position after, int limit) {
            asked.add(new Asked(query, after, limit));
            return page;
        }

        @Override
        public Optional<Found> find(UUID id) {
            return Optional.ofNullable(found);
        }
    }
}
