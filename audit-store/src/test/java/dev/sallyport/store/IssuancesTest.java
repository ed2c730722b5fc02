package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Issuances.Found;
import dev.sallyport.store.Issuances.Page;
import dev.sallyport.store.Term.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IssuancesTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final TestDatabase database = TestDatabase.create();

    @Test
    void what_has_just_been_recorded_is_listed_at_once() {
        try (PostgresStore store = database.open()) {
            for (long i = 0; i < 10; i++) {
                long number = i;
                store.log().append(TestLog.attempt(i, "bot", "issued", "x"), 0);
                assertThat(store.issuances()
                                .list(IssuanceQuery.ALL, Long.MAX_VALUE, 1)
                                .items())
                        .singleElement()
                        .satisfies(newest -> assertThat(newest.index()).isEqualTo(number));
            }
            Page page = store.issuances().list(IssuanceQuery.ALL, Long.MAX_VALUE, 50);
            assertThat(page.items()).hasSize(10);
            assertThat(page.items().getFirst())
                    .isEqualTo(new Issuance(
                            9,
                            NOON.plusSeconds(9),
                            "issued",
                            new UUID(9, 9),
                            new UUID(9, 7),
                            "bot",
                            "odd",
                            "https://numbers.example",
                            "ci",
                            List.of("read", "write"),
                            null,
                            3L,
                            false));
        }
    }

    @Test
    void pages_hold_everything_once_newest_first_even_where_times_are_equal() {
        try (PostgresStore store = database.open()) {
            for (long i = 0; i < 9; i++) {
                store.log().append(TestLog.attempt(i / 3, "bot", "refused", "x"), 0);
            }
            assertThat(pages(store.issuances(), IssuanceQuery.ALL, 2))
                    .containsExactly(8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L);
            assertThat(pages(store.issuances(), IssuanceQuery.ALL, 3))
                    .containsExactly(8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L);
            assertThat(store.issuances()
                            .list(IssuanceQuery.ALL, Long.MAX_VALUE, 9)
                            .next())
                    .isZero();
        }
    }

    @Test
    void filters_hold_together() {
        try (PostgresStore store = database.open()) {
            for (long i = 0; i < 12; i++) {
                String agent = i < 6 ? "early" : "late";
                store.log().append(TestLog.attempt(i, agent, i % 3 == 0 ? "refused" : "issued", "x"), 0);
            }
            Issuances issuances = store.issuances();
            Term early = new Term(Kind.AGENT, "early");
            assertThat(pages(issuances, IssuanceQuery.of(early), 4)).containsExactly(5L, 4L, 3L, 2L, 1L, 0L);
            assertThat(pages(
                            issuances,
                            IssuanceQuery.of(
                                    early,
                                    new Term(Kind.TARGET, "even"),
                                    new Term(Kind.OUTCOME, "issued"),
                                    new Term(Kind.PROVIDER, "ci")),
                            4))
                    .containsExactly(4L, 2L);
            assertThat(pages(issuances, IssuanceQuery.of(new Term(Kind.OUTCOME, "refused")), 1))
                    .containsExactly(9L, 6L, 3L, 0L);
            assertThat(pages(issuances, IssuanceQuery.of(new Term(Kind.PROVIDER, "other")), 1))
                    .isEmpty();
            assertThat(pages(issuances, new IssuanceQuery(List.of(), NOON.plusSeconds(3), NOON.plusSeconds(6)), 50))
                    .as("from is inclusive, to is not")
                    .containsExactly(5L, 4L, 3L);
        }
    }

    @Test
    void an_attempt_is_found_by_token_or_decision_with_the_bytes_that_are_stored() {
        try (PostgresStore store = database.open()) {
            store.log().append(TestLog.attempt(4, "bot", "issued", "a\u0000b"), 0);
            store.log().append(TestLog.attempt(5, "bot", "refused", "x"), 0);
            Found token = store.issuances().find(new UUID(4, 7)).orElseThrow();
            Found decision = store.issuances().find(new UUID(4, 9)).orElseThrow();
            assertThat(token.issuance()).isEqualTo(decision.issuance());
            assertThat(token.issuance().agent()).isEqualTo("bot");
            assertThat(token.detail()).isEqualTo(decision.detail());
            assertThat(text(token.detail())).contains("\"sub\":\"a\\u0000b\"");
            assertThat(text(token.leaf())).contains(new UUID(4, 7).toString());
            assertThat(token.salt()).hasSize(16);
            assertThat(store.issuances()
                            .find(new UUID(5, 9))
                            .orElseThrow()
                            .issuance()
                            .reason())
                    .isEqualTo("target");
            assertThat(store.issuances().find(new UUID(4, 4))).isEmpty();
        }
    }

    @Test
    void an_entry_of_another_type_is_not_an_attempt() {
        try (PostgresStore store = database.open()) {
            Entry.TokenFacts token = new Entry.TokenFacts(new UUID(1, 1), "00", NOON);
            store.log().append(new Entry(NOON, "revocation", "applied", token, Map.of()), 0);
            assertThat(store.issuances().find(new UUID(1, 1))).isEmpty();
        }
    }

    @Test
    void while_nobody_projects_they_answer_with_what_there_is() {
        try (PostgresStore store = database.open()) {
            store.log().append(TestLog.attempt(1, "bot", "issued", "x"), 0);
            assertThat(store.issuances()
                            .list(IssuanceQuery.ALL, Long.MAX_VALUE, 50)
                            .items())
                    .hasSize(1);
        }
        database.execute("SELECT sallyport.rebuild_issuances()");
        Issuances issuances = new IssuanceQueries(database.as(TestDatabase.BROKER));
        long started = System.nanoTime();
        assertThat(issuances.list(IssuanceQuery.ALL, Long.MAX_VALUE, 50).items())
                .isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        assertThat(issuances.find(new UUID(1, 7)))
                .as("a token needs no projection")
                .isPresent();
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static List<Long> pages(Issuances issuances, IssuanceQuery query, int limit) {
        List<Long> indexes = new ArrayList<>();
        long before = Long.MAX_VALUE;
        do {
            Page page = issuances.list(query, before, limit);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            page.items().forEach(item -> indexes.add(item.index()));
            before = page.next();
        } while (before > 0);
        return indexes;
    }
}
