package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Reads.Question;
import dev.sallyport.core.Reads.Read;
import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class ReadsTest {

    private static final Question BOTS = new Question("/v1/issuances", "agent=bot");
    private static final UUID TOKEN = new UUID(1, 1);

    private final List<Entry> log = new ArrayList<>();
    private boolean broken;
    private Instant now = Instant.parse("2026-05-01T12:00:00Z");

    private final Reads reads = new Reads(() -> now);
    private final Journal journal = new Journal(new Unchanged(), (entry, epoch) -> {
        if (broken) {
            throw new Unavailable("the log");
        }
        log.add(entry);
        return new Appended.Recorded(log.size() - 1L);
    });

    @Test
    void the_first_read_is_written_a_second_later_and_says_who_asked_what() {
        count("auditor", BOTS, 3);
        flushAfter(0);
        assertThat(log).isEmpty();
        flushAfter(1);
        assertThat(log).singleElement().satisfies(entry -> {
            assertThat(entry.type()).isEqualTo("read");
            assertThat(entry.outcome()).isEqualTo("answered");
            assertThat(entry.detail())
                    .isEqualTo(Map.of(
                            "author", "auditor",
                            "tokens", List.of(TOKEN.toString()),
                            "from", "2026-05-01T12:00:00Z",
                            "to", "2026-05-01T12:00:01Z",
                            "replica", "one",
                            "reads",
                                    List.of(Map.of(
                                            "route",
                                            "/v1/issuances",
                                            "query",
                                            "agent=bot",
                                            "count",
                                            1L,
                                            "entries",
                                            3L))));
        });
    }

    @Test
    void polling_makes_one_entry_a_minute() {
        for (int second = 0; second < 600; second++) {
            count("auditor", BOTS, 1);
            flushAfter(1);
        }
        assertThat(log).hasSize(10);
        assertThat(log.getLast().detail().toString()).contains("count=60");
        reads.flushAll(journal, "one");
        assertThat(log).hasSize(11);
    }

    @Test
    void questions_beyond_twenty_are_counted_by_their_route() {
        for (int i = 0; i < 30; i++) {
            count("auditor", new Question("/v1/events", "type=t" + i), 2);
        }
        flushAfter(1);
        assertThat(log.getFirst().detail())
                .extractingByKey("reads", InstanceOfAssertFactories.LIST)
                .hasSize(21)
                .last()
                .isEqualTo(Map.of("route", "/v1/events", "count", 10L, "entries", 20L));
    }

    @Test
    void callers_beyond_a_hundred_are_counted_together() {
        for (int i = 0; i < 150; i++) {
            count("auditor-" + i, BOTS, 1);
        }
        flushAfter(1);
        assertThat(log).hasSize(101);
        assertThat(log)
                .filteredOn(entry -> "*".equals(entry.detail().get("author")))
                .singleElement()
                .satisfies(entry -> assertThat(entry.detail().toString()).contains("count=50"));
    }

    @Test
    void what_the_log_does_not_take_is_written_later() {
        count("auditor", BOTS, 1);
        broken = true;
        assertThatThrownBy(() -> flushAfter(1)).isInstanceOf(Unavailable.class);
        count("auditor", BOTS, 1);
        broken = false;
        flushAfter(1);
        assertThat(log)
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.detail().toString()).contains("count=2", "from=2026-05-01T12:00:00Z"));
    }

    private void count(String agent, Question question, long entries) {
        reads.count(new Read(agent, TOKEN, question, entries));
    }

    private void flushAfter(long seconds) {
        now = now.plusSeconds(seconds);
        reads.flush(journal, "one");
    }

    private static final class Unchanged implements StateSource {

        @Override
        public State current() {
            return TestWorld.state(1);
        }

        @Override
        public State atLeast(long epoch) {
            return current();
        }
    }
}
