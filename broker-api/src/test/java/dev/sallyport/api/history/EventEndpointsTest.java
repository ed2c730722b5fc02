package dev.sallyport.api.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import dev.sallyport.api.web.Problems;
import dev.sallyport.core.Unavailable;
import dev.sallyport.store.Checkpoint;
import dev.sallyport.store.Events;
import dev.sallyport.store.LogEntry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class EventEndpointsTest {

    private static final LogEntry REVOKED = new LogEntry(
            7,
            bytes(
                    "{\"commitment\":\"00\",\"outcome\":\"applied\",\"time\":\"2026-05-01T12:00:00.000Z\",\"type\":\"revocation\"}"),
            bytes("{\"reason\":\"a\\u0000b\"}"),
            new byte[] {-1, -2, -3},
            null);
    private static final LogEntry ERASED = new LogEntry(6, bytes("{\"type\":\"issuance\"}"), null, null, 9L);

    private final Log log = new Log();
    private final MockMvc http = MockMvcBuilders.routerFunctions(
                    EventEndpoints.routes(log).filter(new Problems()))
            .build();

    @Test
    void an_event_has_its_leafs_members_and_its_detail() throws Exception {
        log.page = new Events.Page(List.of(REVOKED, ERASED), 0);
        assertThat(send("/v1/events").getContentAsString()).isEqualTo("""
                {"items":[{"index":7,"time":"2026-05-01T12:00:00.000Z","type":"revocation","outcome":"applied",\
                "detail":{"reason":"a\\u0000b"}},{"index":6,"type":"issuance","erased":9}]}""");
        assertThat(send("/v1/events?raw=true").getContentAsString())
                .contains("\"leaf\":\"eyJ0eXBlIjoiaXNzdWFuY2UifQ==\"", "\"detailBytes\":\"eyJ", "\"salt\":\"//79\"");
        assertThat(log.asked).startsWith(new Asked(Events.Query.ALL, Long.MAX_VALUE, 50));
    }

    @Test
    void a_short_page_leads_to_the_next_with_the_same_filters_only() throws Exception {
        log.page = new Events.Page(List.of(), 80_000);
        String next = (String)
                json(send("/v1/events?type=key&from=2026-05-01T12:00:00Z")).get("next");
        send("/v1/events?cursor=" + next + "&raw=true&limit=9&from=2026-05-01T12:00:00Z&type=key");
        assertThat(log.asked.getLast())
                .isEqualTo(new Asked(new Events.Query("key", Instant.parse("2026-05-01T12:00:00Z"), null), 80_000, 9));
        assertRefused("/v1/events?type=issuer&cursor=" + next, "cursor");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/events?colour=blue, colour",
        "/v1/events?type=Key, type",
        "/v1/events?type=a%22, type",
        "/v1/events?from=today, from",
        "/v1/events?from=2026-05-01T12:00:00Z&to=2026-05-01T12:00:00Z, to",
        "/v1/events?limit=501, limit",
        "/v1/events?raw=yes, raw",
        "/v1/events?cursor=AAAA, cursor",
        "/v1/events/export?format=csv, format",
        "/v1/events/export?from=-1, from",
        "/v1/events/export?from=2026-05-01T12:00:00Z, from",
        "/v1/events/export?from=2&to=1, to",
        "/v1/events/export?limit=1, limit",
    })
    void a_parameter_that_can_not_be_is_named(String path, String name) throws Exception {
        assertRefused(path, name);
    }

    @Test
    void an_export_is_read_in_batches_up_to_the_size_at_the_start() throws Exception {
        log.size = 4_201;
        MockHttpServletResponse answer = send("/v1/events/export");
        assertThat(answer.getHeader("Sallyport-Log-Size")).isEqualTo("4201");
        assertThat(answer.getContentType()).isEqualTo("application/x-ndjson");
        List<String> lines = answer.getContentAsString().lines().toList();
        assertThat(lines).hasSize(4_201);
        assertThat(lines.get(6)).isEqualTo("{\"index\":6,\"leaf\":\"Ng==\",\"erased\":2000}");
        assertThat(lines.get(7)).isEqualTo("{\"index\":7,\"leaf\":\"Nw==\",\"detail\":\"ZDc=\",\"salt\":\"czc=\"}");
        assertThat(log.batches).containsExactly(0L, 2_000L, 4_000L);
    }

    @Test
    void an_export_ends_at_the_checkpoint_that_covers_what_was_there_and_with_it() throws Exception {
        log.size = 3;
        log.checkpoint = Optional.of(new Checkpoint(5, new byte[32], "broker.example/log\n5\nAAA=\n\n\u2014 x\n"));
        MockHttpServletResponse answer = send("/v1/events/export");
        assertThat(answer.getHeader("Sallyport-Log-Size")).isEqualTo("5");
        List<String> lines =
                answer.getContentAsString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(4)).startsWith("{\"index\":4,");
        assertThat(lines.getLast()).isEqualTo("{\"checkpoint\":\"broker.example/log\\n5\\nAAA=\\n\\n\u2014 x\\n\"}");
        log.size = 5;
        assertThat(lines("/v1/events/export?from=4"))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("{\"checkpoint\"");
        assertThat(lines("/v1/events/export?from=5")).hasSize(1);
    }

    @Test
    void a_checkpoint_that_does_not_fit_behind_the_entries_is_left_out() throws Exception {
        log.size = 3;
        log.checkpoint = Optional.of(new Checkpoint(5, new byte[32], "note"));
        assertThat(lines("/v1/events/export?to=4")).hasSize(3).noneMatch(line -> line.contains("checkpoint"));
        assertThat(lines("/v1/events/export?to=2")).hasSize(2);
        assertThat(lines("/v1/events/export?from=6")).isEmpty();
        assertThat(lines("/v1/events/export?format=ocsf")).hasSize(3).noneMatch(line -> line.contains("note"));
        log.checkpoint = Optional.of(new Checkpoint(2, new byte[32], "note"));
        assertThat(lines("/v1/events/export")).hasSize(3);
    }

    @Test
    void an_export_goes_on_at_an_index() throws Exception {
        log.size = 1_201;
        assertThat(send("/v1/events/export?from=1199&format=ndjson")
                        .getContentAsString()
                        .lines())
                .hasSize(2);
        assertThat(send("/v1/events/export?from=3&to=5").getContentAsString().lines())
                .hasSize(2);
        assertThat(send("/v1/events/export?from=1201").getContentAsString()).isEmpty();
    }

    @Test
    void an_export_breaks_off_where_the_database_fails_and_gives_its_place_back() throws Exception {
        log.size = 4_201;
        log.broken = 4_000;
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> send("/v1/events/export")).hasRootCauseInstanceOf(Unavailable.class);
        }
        assertThat(send("/v1/events/export?to=4000").getStatus()).isEqualTo(200);
    }

    private List<String> lines(String path) throws Exception {
        return send(path).getContentAsString(StandardCharsets.UTF_8).lines().toList();
    }

    private MockHttpServletResponse send(String path) throws Exception {
        return http.perform(get(URI.create(path))).andReturn().getResponse();
    }

    private void assertRefused(String path, String parameter) throws Exception {
        MockHttpServletResponse answer = send(path);
        assertThat(answer.getStatus()).isEqualTo(400);
        assertThat(json(answer)).containsEntry("field", parameter);
    }

    private static Map<String, Object> json(MockHttpServletResponse answer) throws IOException {
        return JsonMapper.shared().readValue(answer.getContentAsByteArray(), new TypeReference<>() {});
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private record Asked(Events.Query query, long before, int limit) {}

    /** Answers with what the test says, and remembers what it was asked. */
    private static final class Log implements Events {

        final List<Asked> asked = new ArrayList<>();
        final List<Long> batches = new ArrayList<>();
        Page page = new Page(List.of(), 0);
        long size;
        long broken = Long.MAX_VALUE;
        Optional<Checkpoint> checkpoint = Optional.empty();

        @Override
        public long size() {
            return size;
        }

        @Override
        public Optional<Checkpoint> checkpoint(long atLeast) {
            return checkpoint.filter(latest -> latest.size() >= atLeast);
        }

        @Override
        public Page list(Query query, long before, int limit) {
            asked.add(new Asked(query, before, limit));
            return page;
        }

        @Override
        public List<LogEntry> read(long from, long to, int limit) {
            if (from >= broken) {
                throw new Unavailable("the database");
            }
            batches.add(from);
            return LongStream.range(from, Math.min(to, from + limit))
                    .mapToObj(Log::entry)
                    .toList();
        }

        private static LogEntry entry(long index) {
            byte[] leaf = bytes(Long.toString(index));
            return index % 7 != 0
                    ? new LogEntry(index, leaf, null, null, 2_000L)
                    : new LogEntry(index, leaf, bytes("d" + index), bytes("s" + index), null);
        }
    }
}
