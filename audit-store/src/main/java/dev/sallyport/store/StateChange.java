package dev.sallyport.store;

import dev.sallyport.core.log.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Changes what decisions depend on, fenced: no token that was decided before the change is recorded after it.
 *
 * <p>Within the caller's transaction it locks the head; the caller makes the change; then it appends the change's own entry,
 * advances the epoch and notifies the replicas. They find the new epoch at their next append, whatever becomes of the
 * notification. Appends wait from {@link #begin} to the commit, so what takes long belongs before it.
 */
final class StateChange {

    private static final String ADVANCE = """
            WITH h AS (UPDATE sallyport.log_head SET epoch = ? WHERE epoch = ? RETURNING epoch)
            SELECT pg_notify('sallyport_state', epoch::text) FROM h
            """;

    private final Connection connection;
    private final Head head;

    private StateChange(Connection connection, Head head) {
        this.connection = connection;
        this.head = head;
    }

    static StateChange begin(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT_FOR_UPDATE)) {
            return new StateChange(connection, Head.read(select));
        }
    }

    /** The epoch before the change. */
    long epoch() {
        return head.epoch();
    }

    /** Appends the entry of what changes no decision, so that the epoch goes on; returns the entry's index. */
    long append(Entry entry) throws SQLException {
        try (EntryInsert insert = new EntryInsert(connection)) {
            if (insert.execute(head, List.of(HashedEntry.of(entry))) == null) {
                throw new SQLException("the head moved although it was locked");
            }
        }
        return head.size();
    }

    /** Records the change, and returns the epoch that begins with it. */
    long record(Entry entry) throws SQLException {
        long _ = append(entry);
        long next = head.epoch() + 1;
        try (PreparedStatement advance = connection.prepareStatement(ADVANCE)) {
            advance.setLong(1, next);
            advance.setLong(2, head.epoch());
            advance.execute();
        }
        return next;
    }
}
