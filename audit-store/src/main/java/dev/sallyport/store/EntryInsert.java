package dev.sallyport.store;

import dev.sallyport.core.log.SealedEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * The one statement that entries get into the log by: it moves the head and writes the batch, or does nothing.
 *
 * <p>It does nothing unless the head has the size and the epoch that it expects.
 */
final class EntryInsert implements AutoCloseable {

    private static final String SQL = """
            WITH h AS (
              UPDATE sallyport.log_head SET size = ?, frontier = ? WHERE size = ? AND epoch = ? RETURNING 1
            ), l AS (
              INSERT INTO sallyport.log_hash (first, hashes) SELECT ?, ? FROM h
            )
            INSERT INTO sallyport.log_entry (index, jti, leaf, salt, detail)
            SELECT ? + e.position - 1, e.jti, e.leaf, e.salt, e.detail
            FROM unnest(?::uuid[], ?::bytea[], ?::bytea[], ?::bytea[]) WITH ORDINALITY
              AS e (jti, leaf, salt, detail, position)
            WHERE EXISTS (SELECT FROM h)
            """;

    private final PreparedStatement statement;

    EntryInsert(Connection connection) throws SQLException {
        this.statement = connection.prepareStatement(SQL);
        statement.unwrap(PGStatement.class).setPrepareThreshold(1);
    }

    /**
     * Writes a batch behind a head.
     *
     * @return the new head, or null where the database's is another than the expected one and nothing was written
     * @throws SQLException also for a warning: PostgreSQL reports a cancelled wait for a standby as a success with one
     */
    @Nullable
    Head execute(Head expected, List<HashedEntry> entries) throws SQLException {
        List<byte[]> hashes = entries.stream().map(HashedEntry::leafHash).toList();
        Frontier grown = expected.frontier().plus(hashes);
        statement.setLong(1, grown.size());
        statement.setBytes(2, grown.bytes());
        statement.setLong(3, expected.size());
        statement.setLong(4, expected.epoch());
        statement.setLong(5, expected.size());
        statement.setBytes(6, Frontier.concatenate(hashes));
        statement.setLong(7, expected.size());
        statement.setArray(
                8,
                statement
                        .getConnection()
                        .createArrayOf(
                                "uuid",
                                entries.stream().map(each -> each.entry().jti()).toArray(UUID[]::new)));
        setBytes(9, entries, SealedEntry::leaf);
        setBytes(10, entries, SealedEntry::salt);
        setBytes(11, entries, SealedEntry::detail);
        int written = statement.executeUpdate();
        Doubt.ifWarned(statement.getWarnings());
        if (written != 0 && written != entries.size()) {
            throw new SQLException(written + " entries written instead of " + entries.size());
        }
        return written == 0 ? null : new Head(expected.epoch(), grown);
    }

    private void setBytes(int parameter, List<HashedEntry> entries, Function<SealedEntry, byte[]> part)
            throws SQLException {
        byte[][] parts = entries.stream().map(each -> part.apply(each.entry())).toArray(byte[][]::new);
        statement.setArray(parameter, statement.getConnection().createArrayOf("bytea", parts));
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
