package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The table of facts that are settled once. */
final class Settings {

    private static final String INSERT =
            "INSERT INTO sallyport.setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";

    private Settings() {}

    static Optional<String> read(Connection connection, String name) throws SQLException {
        String sql = "SELECT value FROM sallyport.setting WHERE name = ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    static void settle(Connection connection, String name, String value) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, name);
            insert.setString(2, value);
            insert.executeUpdate();
        }
        String settled = read(connection, name).orElseThrow();
        Invalid.unless(settled.equals(value), name, "this database is settled on " + settled);
    }
}
