package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to decide again what was decided: where the attempts of a time stand in the log, and how documents were then.
 *
 * <p>All throw {@link Unavailable} when the database can't answer.
 */
public final class DecisionHistory {

    // Times need not be in the log's order. What is not projected yet may be of any time.
    private static final String RANGE = """
            WITH fits AS (
              SELECT min(number) << 12 AS first, (max(number) + 1) << 12 AS last FROM sallyport.issuance_span
              WHERE latest >= coalesce(?::timestamptz, '-infinity') AND earliest < coalesce(?::timestamptz, 'infinity'))
            SELECT least(coalesce(first, next), size),
              CASE WHEN next < size THEN size ELSE least(coalesce(last, next), size) END
            FROM fits, sallyport.projection, (SELECT size FROM sallyport.log_head) AS head WHERE name = 'issuance'
            """;

    private static final String VERSION = """
            SELECT body, since, coalesce(until, 9223372036854775807) FROM sallyport.document
            WHERE kind = ? AND name = ? AND since <= ? AND (until IS NULL OR until > ?)
            """;

    private final DataSource reads;

    DecisionHistory(DataSource reads) {
        this.reads = reads;
    }

    /**
     * Entries that stand together.
     *
     * @param from the first index
     * @param to the first index that is too high
     */
    public record Range(long from, long to) {

        public long length() {
            return Math.max(0, to - from);
        }
    }

    /**
     * One version of a document.
     *
     * @param since the revision that brought it
     * @param until the revision that ended it; {@link Long#MAX_VALUE} for the one in force
     */
    public record Version(String json, long since, long until) {}

    /**
     * A part of the log that holds all attempts of a time, and others as well. It waits for the history as its other readers do.
     *
     * @param from the earliest time; null for all there are
     * @param to the first time that is too late; null for none
     */
    public Range range(@Nullable Instant from, @Nullable Instant to) {
        boolean _ = new ProjectionWait(reads).await();
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> range(connection, from, to));
    }

    private static Range range(Connection connection, @Nullable Instant from, @Nullable Instant to)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(RANGE)) {
            IssuanceRange.setTime(select, 1, from);
            IssuanceRange.setTime(select, 2, to);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new Range(row.getLong(1), row.getLong(2)) : new Range(0, 0);
            }
        }
    }

    /** A document as it was at a revision; empty where there was none of that name. */
    public Optional<Version> version(String kind, String name, long revision) {
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> {
            try (PreparedStatement select = connection.prepareStatement(VERSION)) {
                select.setString(1, kind);
                select.setString(2, name);
                select.setLong(3, revision);
                select.setLong(4, revision);
                try (ResultSet row = select.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Version(row.getString(1), row.getLong(2), row.getLong(3)))
                            : Optional.empty();
                }
            }
        });
    }
}
