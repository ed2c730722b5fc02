package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.store.Term.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Over 200,000 attempts, thirteen segments, one a second, whose values follow from their numbers. */
class TermSearchTest {

    private static final long SIZE = 200_000;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static TestDatabase database;
    private static PostgresStore store;

    /** A filter, and which numbers it fits. */
    record Filter(Term term, LongPredicate fits) {}

    private static final List<Filter> FILTERS = List.of(
            new Filter(new Term(Kind.OUTCOME, "issued"), i -> i % 10 != 0),
            new Filter(new Term(Kind.OUTCOME, "refused"), i -> i % 10 == 0),
            new Filter(new Term(Kind.REASON, "target"), i -> i % 10 == 0),
            new Filter(new Term(Kind.REASON, "agent"), i -> false),
            new Filter(new Term(Kind.AGENT, "agent-7"), i -> i % 1000 == 7),
            new Filter(new Term(Kind.AGENT, "agent"), i -> false),
            new Filter(new Term(Kind.TARGET, "target-3"), i -> i % 7 == 3),
            new Filter(new Term(Kind.PROVIDER, "ci"), i -> true),
            new Filter(new Term(Kind.SUBJECT, "s-4321"), i -> i % 5000 == 4321),
            new Filter(new Term(Kind.ACTION, "read"), i -> true),
            new Filter(new Term(Kind.ACTION, "write"), i -> i % 3 == 0),
            new Filter(Term.claim("half", "1"), i -> i % 2 == 1),
            new Filter(Term.claim("groups", "g42"), i -> i % 100 == 42),
            new Filter(Term.claim("groups", "all"), i -> true),
            new Filter(Term.claim("era", "old"), i -> i < 20_000),
            new Filter(Term.claim("once", "true"), i -> i == 77_777),
            new Filter(Term.claim("a", "b=c"), i -> false));

    @BeforeAll
    static void fill() {
        database = TestDatabase.create();
        database.execute("""
            INSERT INTO sallyport.log_entry (index, leaf, detail)
            SELECT i, convert_to('{"outcome":"' || CASE WHEN i %% 10 = 0 THEN 'refused' ELSE 'issued' END || '","time":"' ||
                to_char(timestamp '2026-01-01' + i * interval '1 s', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '","type":"issuance"}', 'UTF8'),
              convert_to(jsonb_build_object(
                'agent', 'agent-' || i %% 1000, 'target', 'target-' || i %% 7, 'reason', CASE WHEN i %% 10 = 0 THEN 'target' END,
                'actions', CASE WHEN i %% 3 = 0 THEN '["read", "write"]'::jsonb ELSE '["read"]'::jsonb END,
                'attestation', jsonb_build_object('provider', 'ci', 'subject', 's-' || i %% 5000, 'claims', jsonb_build_object(
                  'half', (i %% 2)::text, 'groups', jsonb_build_array('all', 'g' || i %% 100), 'a=b', 'c',
                  'era', CASE WHEN i < 20000 THEN 'old' ELSE 'new' END, 'once', (i = 77777)::text)))::text, 'UTF8')
            FROM generate_series(0, %d) AS i;
            UPDATE sallyport.log_head SET size = %d, frontier = decode(repeat('00', %d), 'hex')
            """.formatted(SIZE - 1, SIZE, 32 * Long.bitCount(SIZE)));
        store = database.open();
        await().atMost(Duration.ofMinutes(3)).until(() -> store.projectedTo() == SIZE);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    static Stream<Filter> filters() {
        return FILTERS.stream();
    }

    @ParameterizedTest
    @MethodSource("filters")
    void each_filter_finds_the_newest_of_its_kind(Filter filter) {
        assertThat(first(IssuanceQuery.of(filter.term), Long.MAX_VALUE, 60))
                .isEqualTo(expected(List.of(filter), 0, SIZE, 60));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void each_filter_reads_no_more_than_the_index_of_terms_and_what_it_points_to(Filter filter) throws SQLException {
        for (String statistics : List.of("DELETE FROM pg_statistic", "ANALYZE sallyport.issuance")) {
            database.execute(statistics);
            assertThat(plan(IssuanceQuery.of(filter.term)))
                    .as(statistics)
                    .contains("Bitmap Index Scan on issuance_terms")
                    .doesNotContain("Seq Scan", "issuance_pkey", "Hash", "Merge");
        }
    }

    @Test
    void any_filters_together_find_what_each_of_them_fits() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            List<Filter> some = Stream.generate(() -> FILTERS.get(random.nextInt(FILTERS.size())))
                    .limit(1 + random.nextInt(4))
                    .distinct()
                    .toList();
            long from = random.nextBoolean() ? 0 : random.nextLong(SIZE);
            long to = random.nextBoolean() ? SIZE : from + 1 + random.nextLong(30_000);
            long before = random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(SIZE);
            IssuanceQuery query = new IssuanceQuery(
                    some.stream().map(Filter::term).toList(), START.plusSeconds(from), START.plusSeconds(to));
            assertThat(first(query, before, 20))
                    .as("%s below %d", query, before)
                    .isEqualTo(expected(some, from, Math.min(to, Math.min(before, SIZE)), 20));
        }
    }

    @Test
    void pages_of_any_size_hold_everything_once() {
        for (Filter filter : FILTERS) {
            List<Long> all = expected(List.of(filter), 0, 20_000, Integer.MAX_VALUE);
            IssuanceQuery query = new IssuanceQuery(List.of(filter.term), null, START.plusSeconds(20_000));
            List<Long> found = new ArrayList<>();
            for (long before = Long.MAX_VALUE; before > 0; ) {
                Issuances.Page page = store.issuances().list(query, before, 500);
                page.items().forEach(item -> found.add(item.index()));
                before = page.next();
            }
            assertThat(found).as("%s", filter.term).isEqualTo(all);
        }
    }

    @Test
    void counts_are_those_of_the_attempts() {
        IssuanceQuery refused =
                new IssuanceQuery(List.of(new Term(Kind.OUTCOME, "refused")), START, START.plusSeconds(7_200));
        assertThat(store.issuances().count(refused, List.of(by(GroupBy.Kind.HOUR), by(GroupBy.Kind.ACTION))))
                .isEqualTo(new Counts(
                        List.of(
                                new Counts.Group(List.of("2026-01-01T00:00:00Z", "read"), 360),
                                new Counts.Group(List.of("2026-01-01T00:00:00Z", "write"), 120),
                                new Counts.Group(List.of("2026-01-01T01:00:00Z", "read"), 360),
                                new Counts.Group(List.of("2026-01-01T01:00:00Z", "write"), 120)),
                        false));
        IssuanceQuery two = new IssuanceQuery(List.of(), START.plusSeconds(86_399), START.plusSeconds(86_402));
        assertThat(store.issuances().count(two, List.of(by(GroupBy.Kind.DAY), by(GroupBy.Kind.OUTCOME))))
                .isEqualTo(new Counts(
                        List.of(
                                new Counts.Group(List.of("2026-01-01", "issued"), 1),
                                new Counts.Group(List.of("2026-01-02", "issued"), 1),
                                new Counts.Group(List.of("2026-01-02", "refused"), 1)),
                        false));
    }

    @Test
    void counts_by_claim_hold_each_value_of_a_list_and_what_has_no_such_claim() {
        IssuanceQuery some = new IssuanceQuery(List.of(), START, START.plusSeconds(200));
        Counts groups = store.issuances().count(some, List.of(new GroupBy(GroupBy.Kind.CLAIM, "groups")));
        assertThat(groups.groups()).hasSize(101).startsWith(new Counts.Group(List.of("all"), 200));
        Counts none = store.issuances()
                .count(some, List.of(new GroupBy(GroupBy.Kind.CLAIM, "none"), by(GroupBy.Kind.PROVIDER)));
        assertThat(none.groups()).containsExactly(new Counts.Group(Arrays.asList(null, "ci"), 200));
    }

    @Test
    void more_than_a_thousand_groups_are_cut() {
        IssuanceQuery all = new IssuanceQuery(List.of(), START, START.plusSeconds(SIZE));
        Counts agents = store.issuances().count(all, List.of(by(GroupBy.Kind.AGENT)));
        assertThat(agents.groups()).hasSize(1_000).allMatch(group -> group.count() == 200);
        assertThat(agents.truncated()).isFalse();
        Counts more = store.issuances().count(all, List.of(by(GroupBy.Kind.AGENT), by(GroupBy.Kind.TARGET)));
        assertThat(more.groups()).hasSize(1_000);
        assertThat(more.truncated()).isTrue();
    }

    private static GroupBy by(GroupBy.Kind kind) {
        return new GroupBy(kind, null);
    }

    private static List<Long> first(IssuanceQuery query, long before, int limit) {
        return store.issuances().list(query, before, limit).items().stream()
                .map(Issuance::index)
                .toList();
    }

    private static List<Long> expected(List<Filter> filters, long from, long to, int limit) {
        return LongStream.iterate(to - 1, i -> i >= from, i -> i - 1)
                .filter(i -> filters.stream().allMatch(filter -> filter.fits.test(i)))
                .limit(limit)
                .boxed()
                .toList();
    }

    private static String plan(IssuanceQuery query) throws SQLException {
        try (Connection connection = database.as(TestDatabase.BROKER).getConnection();
                Statement settings = connection.createStatement()) {
            connection.setAutoCommit(false);
            settings.execute(IssuanceQueries.SETTINGS);
            IssuanceRange range = IssuanceRange.of(query, Long.MAX_VALUE, connection);
            String sql = new TermSearch(query, range, connection).sql(TermSearch.lastSegment(range), 1, 51);
            StringBuilder plan = new StringBuilder();
            try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql);
                    ResultSet line = explain.executeQuery()) {
                while (line.next()) {
                    plan.append(line.getString(1)).append('\n');
                }
            }
            return plan.toString();
        }
    }
}
