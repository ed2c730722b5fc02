package dev.sallyport.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Asks the projection for workloads, and the log for who they are. */
final class DiscoveryQueries implements Discoveries {

    private static final String SETTINGS = Transaction.SNAPSHOT + """
            ; SET LOCAL statement_timeout = '4s';
            SET LOCAL plan_cache_mode = force_custom_plan
            """;

    private static final String SELECT = """
            SELECT d.first, d.provider, d.first_seen, d.last_seen, d.count, e.detail FROM sallyport.discovered d
            JOIN sallyport.log_entry e ON e.index = d.latest
            WHERE d.first < ? AND e.detail IS NOT NULL AND d.provider = coalesce(?, d.provider)
              AND d.last_seen >= coalesce(?::timestamptz, '-infinity')
              AND d.last_seen < coalesce(?::timestamptz, 'infinity')
            ORDER BY d.first DESC LIMIT ?
            """;

    private final DataSource reads;
    private final ProjectionWait projection;

    DiscoveryQueries(DataSource reads) {
        this.reads = reads;
        this.projection = new ProjectionWait(reads);
    }

    @Override
    public List<Discovery> list(Query query, long before, int limit) {
        boolean _ = projection.await();
        return Transaction.run(reads, SETTINGS, connection -> {
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setLong(1, before);
                select.setString(2, query.provider());
                IssuanceRange.setTime(select, 3, query.from());
                IssuanceRange.setTime(select, 4, query.to());
                select.setInt(5, limit);
                return discoveries(select);
            }
        });
    }

    private static List<Discovery> discoveries(PreparedStatement select) throws SQLException {
        List<Discovery> discoveries = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                discoveries.add(new Discovery(
                        row.getLong("first"),
                        row.getString("provider"),
                        time(row, "first_seen"),
                        time(row, "last_seen"),
                        row.getLong("count"),
                        row.getBytes("detail")));
            }
        }
        return discoveries;
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
