package dev.sallyport.store;

import dev.sallyport.core.Hash;
import java.io.ByteArrayOutputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The hashes of the tree as they are stored: those of leaves by append batch, those of larger subtrees one a row. */
final class StoredHashes implements Tree.Tiles {

    /** From the batch that the first one is in. */
    private static final String LEAVES = """
            SELECT first, hashes FROM sallyport.log_hash
            WHERE first >= (SELECT max(first) FROM sallyport.log_hash WHERE first <= ?) AND first < ? ORDER BY first
            """;

    private static final String SUBTREES = """
            SELECT index, hash FROM sallyport.log_subtree WHERE level = ? AND index >= ? AND index < ? ORDER BY index
            """;

    private static final String INSERT = """
            INSERT INTO sallyport.log_subtree (level, index, hash)
            SELECT * FROM unnest(?::smallint[], ?::bigint[], ?::bytea[]) ON CONFLICT DO NOTHING
            """;

    private final Connection connection;

    StoredHashes(Connection connection) {
        this.connection = connection;
    }

    @Override
    public byte[] read(int level, long tile, int width) throws SQLException {
        long start = tile << Tree.TILE_HEIGHT;
        return level == 0 ? leaves(start, start + width) : subtrees(level, start, start + width);
    }

    /** The leaf hashes from one index up to another, concatenated. */
    byte[] leaves(long start, long end) throws SQLException {
        ByteArrayOutputStream found = new ByteArrayOutputStream((int) (end - start) * Hash.LENGTH);
        try (PreparedStatement select = connection.prepareStatement(LEAVES)) {
            select.setLong(1, start);
            select.setLong(2, end);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    add(found, start, end, row.getLong(1), row.getBytes(2));
                }
            }
        }
        Disagreement.unless(
                found.size() == (end - start) * Hash.LENGTH, "leaf hashes up to index " + end + " are missing");
        return found.toByteArray();
    }

    /** Adds what a batch has of the range. */
    private static void add(ByteArrayOutputStream found, long start, long end, long first, byte[] batch) {
        long wanted = start + found.size() / Hash.LENGTH;
        long batchEnd = first + batch.length / Hash.LENGTH;
        Disagreement.unless(
                first <= wanted && (first == wanted || found.size() == 0),
                "leaf hashes are not in one row at " + first);
        if (batchEnd > wanted) {
            int offset = (int) (wanted - first) * Hash.LENGTH;
            int length = (int) (Math.min(batchEnd, end) - wanted) * Hash.LENGTH;
            found.write(batch, offset, length);
        }
    }

    private byte[] subtrees(int level, long start, long end) throws SQLException {
        List<byte[]> hashes = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SUBTREES)) {
            select.setInt(1, level);
            select.setLong(2, start);
            select.setLong(3, end);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    hashes.add(row.getBytes(2));
                }
            }
        }
        Disagreement.unless(
                hashes.size() == end - start,
                "subtree hashes of level " + level + " from index " + start + " are missing");
        return Frontier.concatenate(hashes);
    }

    /** Subtrees that have become complete, to be stored together. */
    static final class Completed implements Frontier.Subtrees {

        private final List<Integer> levels = new ArrayList<>();
        private final List<Long> indexes = new ArrayList<>();
        private final List<byte[]> hashes = new ArrayList<>();

        @Override
        public void complete(int level, long index, byte[] hash) {
            levels.add(level);
            indexes.add(index);
            hashes.add(hash);
        }

        /** Stores them; what is there already shows that a checkpoint was removed. */
        void store(Connection connection) throws SQLException {
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setArray(1, array(connection, "smallint", levels.toArray()));
                insert.setArray(2, array(connection, "bigint", indexes.toArray()));
                insert.setArray(3, array(connection, "bytea", hashes.toArray(byte[][]::new)));
                Disagreement.unless(
                        insert.executeUpdate() == hashes.size(),
                        "subtree hashes are stored that no checkpoint covers: one was removed");
            }
        }

        private static Array array(Connection connection, String type, Object[] values) throws SQLException {
            return connection.createArrayOf(type, values);
        }
    }
}
