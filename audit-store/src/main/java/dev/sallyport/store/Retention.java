package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Where the entries begin that are still here: whoever archives detaches the lowest partition.
 *
 * <p>What is missing from a partition that is attached was not archived: somebody has removed it.
 */
final class Retention {

    /** The lowest lower bound; it is the first number in {@code FOR VALUES FROM ('0') TO ('4194304')}. */
    private static final String FIRST = """
            SELECT coalesce(min(substring(pg_get_expr(c.relpartbound, c.oid) FROM '[0-9]+')::bigint), 0)
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'sallyport.log_entry'::regclass AND NOT i.inhdetachpending
            """;

    private static final String MISSING = """
            SELECT coalesce(min(wanted), ?) FROM generate_series(?::bigint, ?::bigint - 1) AS wanted
            WHERE NOT EXISTS (SELECT FROM sallyport.log_entry WHERE index = wanted)
            """;

    private Retention() {}

    /** The index of the first entry that has not been archived. */
    static long first(Connection connection) throws SQLException {
        return number(connection, FIRST);
    }

    /** Why entries from one index up to another are not all here. */
    static RuntimeException absence(Connection connection, long start, long end) throws SQLException {
        long first = first(connection);
        return start < first ? new Archived(first) : new Lost(number(connection, MISSING, start, start, end));
    }

    private static long number(Connection connection, String sql, long... parameters) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                select.setLong(i + 1, parameters[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("no answer");
                }
                return row.getLong(1);
            }
        }
    }
}
