package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** The table of doors that the database's owner has opened. */
final class BreakGlassTable {

    private BreakGlassTable() {}

    /** Those that have not closed, by name. */
    static List<BreakGlass> open(Connection connection) throws SQLException {
        String sql = "SELECT name, jwk, until FROM sallyport.break_glass WHERE until > now() ORDER BY name";
        List<BreakGlass> open = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                open.add(new BreakGlass(
                        row.getString(1),
                        row.getString(2),
                        row.getObject(3, OffsetDateTime.class).toInstant()));
            }
        }
        return open;
    }

    static void insert(Connection connection, BreakGlass door) throws SQLException {
        String sql = "INSERT INTO sallyport.break_glass (name, jwk, until) VALUES (?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, door.name());
            insert.setString(2, door.jwk());
            insert.setObject(3, door.until().atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    /** Closes all, and returns how many there were. */
    static int close(Connection connection) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM sallyport.break_glass WHERE until > now()")) {
            return delete.executeUpdate();
        }
    }
}
