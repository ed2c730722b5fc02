package dev.sallyport.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Reads the claims of attempts from their details, each part of the log in a transaction of its own. */
final class AttestationQueries implements Attestations {

    /** Into how many parts the window is divided. */
    static final int SLICES = 10;

    /** The most attempts that are read of one part. */
    static final int PER_SLICE = 2_000;

    private static final String SELECT = """
            SELECT i.time, i.provider, c.claims IS NOT NULL AS known,
              ARRAY(SELECT key FROM jsonb_each(c.claims) WHERE jsonb_typeof(value) <> 'array') AS texts,
              ARRAY(SELECT key FROM jsonb_each(c.claims) WHERE jsonb_typeof(value) = 'array') AS lists
            FROM (
              SELECT index, time, provider FROM sallyport.issuance
              WHERE index >= ? AND index < ? AND time >= ? AND time < ? AND provider IS NOT NULL
              ORDER BY index DESC LIMIT ?) AS i
            JOIN sallyport.log_entry e ON e.index = i.index
            CROSS JOIN LATERAL (SELECT sallyport.claims_of(e.detail) AS said OFFSET 0) AS d
            CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(d.said) WHEN 'object' THEN d.said END AS claims OFFSET 0) AS c
            ORDER BY i.index DESC
            """;

    private final DataSource reads;
    private final ProjectionWait projection;

    AttestationQueries(DataSource reads) {
        this.reads = reads;
        this.projection = new ProjectionWait(reads);
    }

    @Override
    public Sample read(Instant from, Instant to, Consumer<Attested> each) {
        boolean _ = projection.await();
        IssuanceQuery window = new IssuanceQuery(List.of(), from, to);
        IssuanceRange range =
                IssuanceQueries.bounded(reads, connection -> IssuanceRange.of(window, Long.MAX_VALUE, connection));
        long read = 0;
        boolean complete = true;
        long slice = Math.max(PER_SLICE - 1L, Math.ceilDiv(range.to() - range.from(), SLICES));
        for (long end = range.to(); end > range.from(); end -= slice) {
            IssuanceRange part = new IssuanceRange(Math.max(range.from(), end - slice), end, List.of());
            Found found = IssuanceQueries.bounded(reads, connection -> select(part, window, connection));
            found.known().forEach(each);
            read += found.known().size();
            complete &= found.all();
        }
        return new Sample(read, complete);
    }

    /**
     * What one part holds.
     *
     * @param known those whose claims are known
     * @param all whether all was read
     */
    private record Found(List<Attested> known, boolean all) {}

    private static Found select(IssuanceRange part, IssuanceQuery window, Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, part.from());
            select.setLong(2, part.to());
            IssuanceRange.setTime(select, 3, window.from());
            IssuanceRange.setTime(select, 4, window.to());
            select.setInt(5, PER_SLICE);
            List<Attested> known = new ArrayList<>();
            int rows = 0;
            try (ResultSet row = select.executeQuery()) {
                for (; row.next(); rows++) {
                    if (row.getBoolean("known")) {
                        known.add(attested(row));
                    }
                }
            }
            return new Found(known, rows < PER_SLICE);
        }
    }

    private static Attested attested(ResultSet row) throws SQLException {
        return new Attested(
                row.getObject("time", OffsetDateTime.class).toInstant(),
                row.getString("provider"),
                texts(row.getArray("texts")),
                texts(row.getArray("lists")));
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
