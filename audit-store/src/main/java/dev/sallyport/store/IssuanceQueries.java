package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks the projection, and the log itself for a single attempt. */
final class IssuanceQueries implements Issuances {

    /** Bounded, and planned for the very values that are asked for. Whatever is asked for, an index fits. */
    static final String SETTINGS = Transaction.SNAPSHOT + """
            ; SET LOCAL statement_timeout = '4s';
            SET LOCAL plan_cache_mode = force_custom_plan;
            SET LOCAL enable_seqscan = off;
            SET LOCAL jit = off
            """;

    private static final String CANCELED = "57014";

    private static final String NEWEST = "SELECT " + IssuanceRow.COLUMNS + """
            FROM sallyport.issuance AS made WHERE made.index >= %d AND made.index < %d%s ORDER BY made.index DESC LIMIT %d
            """;

    /** A row that is made from the entry itself: what the log does not hold is not found. */
    private static final String ENTRY = """
            SELECT made.index, made.time, made.outcome, made.decision_id, made.jti, made.agent, made.target, made.resource,
              made.provider, ARRAY(SELECT jsonb_array_elements_text(made.actions)) AS actions, made.reason,
              made.policy_revision, e.leaf, e.detail, e.salt,
              (SELECT erasure FROM sallyport.erased x WHERE x.index = e.index) AS erasure, (
                SELECT (convert_from(by.leaf, 'UTF8')::jsonb ->> 'time')::timestamptz
                FROM sallyport.erased x JOIN sallyport.log_entry by ON by.index = x.erasure WHERE x.index = e.index
              ) AS erased_at
            FROM sallyport.log_entry e
            CROSS JOIN LATERAL sallyport.attempt_of(e.index, e.jti, e.leaf, e.detail) AS made
            WHERE e.index < (SELECT size FROM sallyport.log_head) AND made.index IS NOT NULL AND
            """;

    private static final String BY_JTI = ENTRY + "e.jti = ? ORDER BY e.index LIMIT 1";
    private static final String BY_DECISION = ENTRY + """
            e.index = (SELECT min(index) FROM sallyport.issuance WHERE decision_id = ?)
            """;

    private final DataSource reads;
    private final ProjectionWait projection;

    IssuanceQueries(DataSource reads) {
        this.reads = reads;
        this.projection = new ProjectionWait(reads);
    }

    @Override
    public Page list(IssuanceQuery query, long before, int limit) {
        boolean _ = projection.await();
        List<Issuance> found = ask(connection -> {
            IssuanceRange range = IssuanceRange.of(query, before, connection);
            return query.terms().isEmpty()
                    ? newest(query, range, limit + 1, connection)
                    : new TermSearch(query, range, connection).newest(limit + 1);
        });
        if (found.size() <= limit) {
            return new Page(found, 0);
        }
        List<Issuance> items = found.subList(0, limit);
        return new Page(items, items.getLast().index());
    }

    private static List<Issuance> newest(IssuanceQuery query, IssuanceRange range, int limit, Connection connection)
            throws SQLException {
        String sql = NEWEST.formatted(range.from(), range.to(), TermSearch.timely(query), limit);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            TermSearch.bind(query, select);
            return IssuanceRow.all(select);
        }
    }

    @Override
    public Counts count(IssuanceQuery query, List<GroupBy> by) {
        boolean _ = projection.await();
        return ask(connection -> new IssuanceCount(query, by).run(connection));
    }

    @Override
    public Optional<Found> find(UUID id) {
        Optional<Found> token = find(BY_JTI, id);
        if (token.isPresent()) {
            return token;
        }
        boolean _ = projection.await();
        return find(BY_DECISION, id);
    }

    @Override
    public long first() {
        return Transaction.run(reads, SETTINGS, Retention::first);
    }

    private Optional<Found> find(String sql, UUID id) {
        return ask(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setObject(1, id);
                try (ResultSet row = select.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Found(
                                    IssuanceRow.read(row),
                                    row.getBytes("leaf"),
                                    row.getBytes("detail"),
                                    row.getBytes("salt"),
                                    erasure(row)))
                            : Optional.empty();
                }
            }
        });
    }

    private static @Nullable Erasure erasure(ResultSet row) throws SQLException {
        OffsetDateTime time = row.getObject("erased_at", OffsetDateTime.class);
        return time == null ? null : new Erasure(row.getLong("erasure"), time.toInstant());
    }

    private <T> T ask(Transaction.Work<T> work) {
        return bounded(reads, work);
    }

    /** Reads one view of the history, or throws {@link TooBroad} where that takes too long. */
    static <T> T bounded(DataSource reads, Transaction.Work<T> work) {
        try {
            return Transaction.run(reads, SETTINGS, work);
        } catch (Unavailable broken) {
            if (broken.getCause() instanceof SQLException why && CANCELED.equals(why.getSQLState())) {
                throw new TooBroad();
            }
            throw broken;
        }
    }
}
