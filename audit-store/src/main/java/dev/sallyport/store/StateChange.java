package dev.sallyport.store;

import dev.sallyport.core.log.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Changes what decisions depend on, fenced: no token that was decided before the change is recorded after it.
 *
 * <p>Within the caller's transaction it locks the head, makes the change, appends the change's own entry, advances the
 * epoch and notifies the replicas. They find the new epoch at their next append, whatever becomes of the notification.
 */
final class StateChange {

    private static final String ADVANCE = """
            WITH h AS (UPDATE sallyport.log_head SET epoch = ? WHERE epoch = ? RETURNING epoch)
            SELECT pg_notify('sallyport_state', epoch::text) FROM h
            """;

    /** The change itself; returns the entry that tells of it. */
    @FunctionalInterface
    interface Change {
        Entry in(Connection connection) throws SQLException;
    }

    private StateChange() {}

    static void apply(Connection connection, Change change) throws SQLException {
        Head head = lockHead(connection);
        HashedEntry entry = HashedEntry.of(change.in(connection));
        try (EntryInsert insert = new EntryInsert(connection)) {
            if (insert.execute(head, List.of(entry)) == null) {
                throw new SQLException("the head moved although it was locked");
            }
        }
        try (PreparedStatement advance = connection.prepareStatement(ADVANCE)) {
            advance.setLong(1, head.epoch() + 1);
            advance.setLong(2, head.epoch());
            advance.execute();
        }
    }

    private static Head lockHead(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT_FOR_UPDATE)) {
            return Head.read(select);
        }
    }
}
