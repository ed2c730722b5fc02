package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of keys; they are sealed in it. */
final class Keys {

    private static final String INSERT = """
            INSERT INTO sallyport.key (kid, algorithm, purpose, sealed, created, activates) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (kid) DO NOTHING
            """;

    private static final String SELECT = """
            SELECT kid, algorithm, purpose, created, activates, sealed FROM sallyport.key
            WHERE ended IS NULL ORDER BY created, kid
            """;

    private static final String KNOWN = """
            SELECT kid, algorithm, purpose, created, activates, ended, ending FROM sallyport.key
            ORDER BY ended IS NULL DESC, created DESC, kid LIMIT ?
            """;

    private final KeySealer sealer;

    Keys(KeySealer sealer) {
        this.sealer = sealer;
    }

    KeySealer sealer() {
        return sealer;
    }

    /** A key that has not ended, as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares these records.
    record Row(KnownKey key, byte[] sealed) {}

    /** All that have not ended, the oldest first. */
    List<KeyRecord> all(Connection connection) throws SQLException {
        List<KeyRecord> keys = new ArrayList<>();
        for (Row row : rows(connection)) {
            keys.add(unsealed(row));
        }
        return keys;
    }

    List<Row> rows(Connection connection) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(new Row(known(row, null, null), row.getBytes(6)));
            }
        }
        return rows;
    }

    /** Throws {@link Invalid} where none of the key-encryption keys opens it. */
    KeyRecord unsealed(Row row) {
        KnownKey key = row.key();
        String secret = sealer.unseal(row.sealed(), key.kid(), key.algorithm(), key.purpose());
        return new KeyRecord(key.kid(), key.algorithm(), key.purpose(), secret, key.created(), key.activates());
    }

    /** Those that have not ended, and then the others; the youngest first. */
    static List<KnownKey> known(Connection connection, int limit) throws SQLException {
        List<KnownKey> known = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(KNOWN)) {
            select.setInt(1, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    known.add(known(row, row.getObject(6, OffsetDateTime.class), row.getString(7)));
                }
            }
        }
        return known;
    }

    private static KnownKey known(ResultSet row, @Nullable OffsetDateTime ended, @Nullable String ending)
            throws SQLException {
        return new KnownKey(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                row.getObject(5, OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                ending);
    }

    void insert(Connection connection, KeyRecord key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, key.kid());
            insert.setString(2, key.algorithm());
            insert.setString(3, key.purpose());
            insert.setBytes(4, sealer.seal(key));
            insert.setObject(5, key.created().atOffset(ZoneOffset.UTC));
            insert.setObject(6, key.activates().atOffset(ZoneOffset.UTC));
            Invalid.unless(insert.executeUpdate() == 1, "kid", "there is a key " + key.kid() + " already");
        }
    }

    /** Seals a key again, under the first key-encryption key. */
    void reseal(Connection connection, KeyRecord key) throws SQLException {
        update(
                connection,
                "UPDATE sallyport.key SET sealed = ? WHERE kid = ? AND ended IS NULL",
                sealer.seal(key),
                key.kid());
    }

    static void activate(Connection connection, String kid, Instant when) throws SQLException {
        update(
                connection,
                "UPDATE sallyport.key SET activates = ? WHERE kid = ? AND ended IS NULL",
                when.atOffset(ZoneOffset.UTC),
                kid);
    }

    /** Destroys the private half. */
    static void end(Connection connection, String kid, Instant when, String ending) throws SQLException {
        update(
                connection,
                "UPDATE sallyport.key SET sealed = NULL, ended = ?, ending = ? WHERE kid = ? AND ended IS NULL",
                when.atOffset(ZoneOffset.UTC),
                ending,
                kid);
    }

    private static void update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                update.setObject(i + 1, values[i]);
            }
            if (update.executeUpdate() != 1) {
                throw new SQLException("the key that was to change has ended");
            }
        }
    }
}
