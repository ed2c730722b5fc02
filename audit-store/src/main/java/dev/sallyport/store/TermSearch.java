package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds attempts by their terms, from the newest segment of the log to the oldest.
 *
 * <p>Each round asks for the next segments that hold any, few at first and then ever more: a term that most attempts have is
 * found in the first one, and a rare one in a few rounds.
 */
final class TermSearch {

    /** How many bits of an index count the entries of a segment: see the migration. */
    private static final int SEGMENT_BITS = 14;

    private static final int MOST_SEGMENTS = 64;

    /** How many of the last entries are looked at one by one. */
    private static final int WALK = 1_024;

    /** After this long no further round is begun; each is bounded by itself. */
    private static final long PATIENCE = Duration.ofSeconds(4).toNanos();

    private final IssuanceQuery query;
    private final IssuanceRange range;
    private final Connection connection;

    TermSearch(IssuanceQuery query, IssuanceRange range, Connection connection) {
        this.query = query;
        this.range = range;
        this.connection = connection;
    }

    /** The newest, so many at most. */
    List<Issuance> newest(int limit) throws SQLException {
        List<Issuance> found = new ArrayList<>(amongTheLast(limit));
        IssuanceRange rest = range.below(range.to() - WALK);
        return found.size() < limit && !rest.isEmpty()
                ? new TermSearch(query, rest, connection).bySegments(limit, found)
                : found;
    }

    /** Terms that many attempts have are found among the last ones, by looking at each of them. */
    private List<Issuance> amongTheLast(int limit) throws SQLException {
        String keys = keys("(made.index >> " + SEGMENT_BITS + ")", range);
        String sql = "SELECT " + IssuanceRow.COLUMNS + " FROM sallyport.issuance AS made WHERE made.index >= "
                + Math.max(range.from(), range.to() - WALK) + " AND made.index < " + range.to()
                + " AND made.terms @> " + keys + timely(query) + " ORDER BY made.index DESC LIMIT " + limit;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(query, select);
            return IssuanceRow.all(select);
        }
    }

    private List<Issuance> bySegments(int limit, List<Issuance> found) throws SQLException {
        long top = lastSegment(range);
        int width = 1;
        long started = System.nanoTime();
        while (found.size() < limit && top >= firstSegment(range)) {
            if (System.nanoTime() - started > PATIENCE) {
                throw new TooBroad();
            }
            Set<Long> segments = round(top, width, limit - found.size(), found);
            if (segments.size() < width) {
                break;
            }
            top = Collections.min(segments) - 1;
            width = Math.min(2 * width, MOST_SEGMENTS);
        }
        return found.subList(0, Math.min(limit, found.size()));
    }

    private Set<Long> round(long top, int width, int limit, List<Issuance> found) throws SQLException {
        Set<Long> segments = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement(sql(top, width, limit))) {
            bind(query, select);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    segments.add(row.getLong("number"));
                    if (row.getObject("index") != null) {
                        found.add(IssuanceRow.read(row));
                    }
                }
            }
        }
        return segments;
    }

    /**
     * The next segments that hold any, and the newest of each. The index of terms is the only one that its conditions fit, since
     * the planner can't know how common a term is in a segment; so it is written to be planned in this one way.
     */
    String sql(long top, int width, int limit) {
        return """
                SELECT number, made.* FROM (
                  SELECT number FROM generate_series(%1$d::bigint, %2$d::bigint, -1) AS number
                  WHERE EXISTS (SELECT FROM sallyport.issuance AS made WHERE %3$s OFFSET 0) LIMIT %4$d
                ) AS segment LEFT JOIN LATERAL (
                  SELECT %5$s FROM sallyport.issuance AS made WHERE %3$s AND %6$s ORDER BY made.index + 0 DESC LIMIT %7$d
                ) AS made ON true
                ORDER BY made.index DESC NULLS LAST LIMIT %7$d + %4$d
                """.formatted(
                top, firstSegment(range), having(range), width, IssuanceRow.COLUMNS, within(query, range), limit);
    }

    static long firstSegment(IssuanceRange range) {
        return range.from() >> SEGMENT_BITS;
    }

    static long lastSegment(IssuanceRange range) {
        return (range.to() - 1) >> SEGMENT_BITS;
    }

    /** The condition that an attempt is in the segment {@code number} and has all terms. Numbers only, which need no escaping. */
    static String having(IssuanceRange range) {
        return "made.terms @> " + keys("number", range) + " AND made.index >> " + SEGMENT_BITS + " = number";
    }

    private static String keys(String segment, IssuanceRange range) {
        return range.hashes().stream()
                .map(hash -> segment + " << 48 | " + hash)
                .collect(Collectors.joining(", ", "ARRAY[", "]"));
    }

    /** The condition that an attempt is in the range and at the time; no index fits it. */
    static String within(IssuanceQuery query, IssuanceRange range) {
        return "made.index + 0 >= " + range.from() + " AND made.index + 0 < " + range.to() + timely(query);
    }

    /** What is left to ask of the time, to be bound by {@link #bind}. */
    static String timely(IssuanceQuery query) {
        return (query.from() == null ? "" : " AND made.time >= ?") + (query.to() == null ? "" : " AND made.time < ?");
    }

    /** Binds the times, and returns the number of the next parameter. */
    static int bind(IssuanceQuery query, PreparedStatement select) throws SQLException {
        int at = 1;
        if (query.from() != null) {
            IssuanceRange.setTime(select, at++, query.from());
        }
        if (query.to() != null) {
            IssuanceRange.setTime(select, at++, query.to());
        }
        return at;
    }
}
