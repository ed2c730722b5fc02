package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** The table of keys; they are sealed in it. */
final class Keys {

    private static final String INSERT = """
            INSERT INTO sallyport.key (kid, algorithm, purpose, sealed, created) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (kid) DO NOTHING
            """;

    private static final String SELECT =
            "SELECT kid, algorithm, purpose, sealed, created FROM sallyport.key ORDER BY created, kid";

    private final KeySealer sealer;

    Keys(KeySealer sealer) {
        this.sealer = sealer;
    }

    List<KeyRecord> all(Connection connection) throws SQLException {
        List<KeyRecord> keys = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                keys.add(unsealed(row));
            }
        }
        return keys;
    }

    private KeyRecord unsealed(ResultSet row) throws SQLException {
        String kid = row.getString(1);
        String algorithm = row.getString(2);
        String purpose = row.getString(3);
        String secret = sealer.unseal(row.getBytes(4), kid, algorithm, purpose);
        return new KeyRecord(
                kid,
                algorithm,
                purpose,
                secret,
                row.getObject(5, OffsetDateTime.class).toInstant());
    }

    void insert(Connection connection, KeyRecord key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, key.kid());
            insert.setString(2, key.algorithm());
            insert.setString(3, key.purpose());
            insert.setBytes(4, sealer.seal(key));
            insert.setObject(5, key.created().atOffset(ZoneOffset.UTC));
            Invalid.unless(insert.executeUpdate() == 1, "kid", "there is a key " + key.kid() + " already");
        }
    }
}
