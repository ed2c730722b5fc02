package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in the log a query's attempts can be, and the hashes of its terms.
 *
 * @param from the first index
 * @param to the first index that is too high
 */
record IssuanceRange(long from, long to, List<Long> hashes) {

    private static final String LOOK = """
            SELECT next, ARRAY(SELECT sallyport.term_hash(term, seed) FROM unnest(?::text[]) AS term)
            FROM sallyport.projection WHERE name = 'issuance'
            """;

    /** Times need not be in the log's order, so that all between the first and the last span that fits may fit. */
    private static final String SPANS = """
            SELECT min(number) << 12, (max(number) + 1) << 12 FROM sallyport.issuance_span
            WHERE latest >= coalesce(?::timestamptz, '-infinity') AND earliest < coalesce(?::timestamptz, 'infinity')
            """;

    private static final IssuanceRange NOWHERE = new IssuanceRange(0, 0, List.of());

    static IssuanceRange of(IssuanceQuery query, long before, Connection connection) throws SQLException {
        IssuanceRange whole = whole(query, connection);
        IssuanceRange below = whole.below(before);
        return query.from() == null && query.to() == null ? below : below.at(query, connection);
    }

    private static IssuanceRange whole(IssuanceQuery query, Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOOK)) {
            String[] terms = query.terms().stream().map(Term::text).distinct().toArray(String[]::new);
            select.setArray(1, connection.createArrayOf("text", terms));
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new IssuanceRange(0, row.getLong(1), List.of((Long[])
                                row.getArray(2).getArray()))
                        : NOWHERE;
            }
        }
    }

    private IssuanceRange at(IssuanceQuery query, Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SPANS)) {
            setTime(select, 1, query.from());
            setTime(select, 2, query.to());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long first = row.getLong(1);
                return row.wasNull() ? NOWHERE : new IssuanceRange(first, Math.min(to, row.getLong(2)), hashes);
            }
        }
    }

    static void setTime(PreparedStatement statement, int at, @Nullable Instant time) throws SQLException {
        statement.setObject(at, time == null ? null : time.atOffset(ZoneOffset.UTC));
    }

    /** What of it is below an index. */
    IssuanceRange below(long index) {
        return new IssuanceRange(from, Math.min(to, index), hashes);
    }

    boolean isEmpty() {
        return from >= to;
    }
}
