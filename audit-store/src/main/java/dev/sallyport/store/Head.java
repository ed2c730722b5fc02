package dev.sallyport.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The log's head, as the database told it.
 *
 * @param epoch fences appends: advanced by every state change
 * @param frontier the tree of all entries
 */
record Head(long epoch, Frontier frontier) {

    static final String SELECT = "SELECT size, epoch, frontier, clock_timestamp() FROM sallyport.log_head";
    static final String SELECT_FOR_UPDATE = SELECT + " FOR UPDATE";

    /** Runs either of the two queries. */
    static Head read(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the log has no head");
            }
            return of(row);
        }
    }

    static Head of(ResultSet row) throws SQLException {
        return new Head(row.getLong(2), Frontier.of(row.getLong(1), row.getBytes(3)));
    }

    /** The number of entries, which is the index of the next one. */
    long size() {
        return frontier.size();
    }
}
