package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** The table of what is switched off. */
final class Suspensions {

    private static final String INSERT = """
            INSERT INTO sallyport.suspension (kind, name, since, reason, author) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private Suspensions() {}

    static List<Suspension> all(Connection connection) throws SQLException {
        String sql = "SELECT kind, name, since, reason, author FROM sallyport.suspension ORDER BY kind, name";
        List<Suspension> all = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                all.add(new Suspension(
                        row.getString(1),
                        row.getString(2),
                        row.getObject(3, OffsetDateTime.class).toInstant(),
                        row.getString(4),
                        row.getString(5)));
            }
        }
        return all;
    }

    /** Returns whether it was not suspended before. */
    static boolean insert(Connection connection, Suspension suspension) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, suspension.kind());
            insert.setString(2, suspension.name());
            insert.setObject(3, suspension.since().atOffset(ZoneOffset.UTC));
            insert.setString(4, suspension.reason());
            insert.setString(5, suspension.author());
            return insert.executeUpdate() == 1;
        }
    }

    /** Returns whether it was suspended before. */
    static boolean delete(Connection connection, String kind, String name) throws SQLException {
        String sql = "DELETE FROM sallyport.suspension WHERE kind = ? AND name = ?";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, kind);
            delete.setString(2, name);
            return delete.executeUpdate() == 1;
        }
    }
}
