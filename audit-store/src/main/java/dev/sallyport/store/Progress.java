package dev.sallyport.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How far the projection has come.
 *
 * @param next the index of the entry that it reads next
 * @param size the number of entries in the log
 */
record Progress(long next, long size) {

    static final Progress NONE = new Progress(0, 0);

    static final String SELECT = """
            SELECT next, (SELECT size FROM sallyport.log_head) FROM sallyport.projection WHERE name = 'issuance'
            """;

    /** Runs a statement that returns the two. */
    static Progress read(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the projection has no row");
            }
            return new Progress(row.getLong(1), row.getLong(2));
        }
    }

    long behind() {
        return Math.max(0, size - next);
    }
}
