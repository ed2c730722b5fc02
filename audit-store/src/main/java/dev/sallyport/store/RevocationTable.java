package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;

/** The table of revocations. */
final class RevocationTable {

    private static final int FETCH = 10_000;

    private static final String INSERT =
            "INSERT INTO sallyport.revocation (entry, jti, kind, name, expires) VALUES (?, ?, ?, ?, ?)";
    private static final String FROM = """
            SELECT entry, jti, kind, name, expires FROM sallyport.revocation
            WHERE entry >= ? AND expires > now() ORDER BY entry
            """;

    private RevocationTable() {}

    static void insert(Connection connection, Revocation revocation) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, revocation.entry());
            insert.setObject(2, revocation.jti());
            insert.setString(3, revocation.kind());
            insert.setString(4, revocation.name());
            insert.setObject(5, revocation.expires().atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    /** The entry that revokes a token, if there is one. */
    static OptionalLong find(Connection connection, UUID jti) throws SQLException {
        String sql = "SELECT entry FROM sallyport.revocation WHERE jti = ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setObject(1, jti);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** Tells of those in force from an entry on, in their order; however many there are, few are held at once. */
    static void tell(Connection connection, long from, Consumer<Revocation> listener) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FROM)) {
            select.setFetchSize(FETCH);
            select.setLong(1, from);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    listener.accept(new Revocation(
                            row.getLong(1),
                            row.getObject(2, UUID.class),
                            row.getString(3),
                            row.getString(4),
                            row.getObject(5, OffsetDateTime.class).toInstant()));
                }
            }
        }
    }

    /** Removes what is about expired tokens only. */
    static void prune(Connection connection) throws SQLException {
        try (PreparedStatement prune = connection.prepareStatement("SELECT sallyport.prune_revocations()")) {
            prune.execute();
        }
    }
}
