package dev.sallyport.store;

import dev.sallyport.core.log.Notes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A signed tree head (C2SP tlog-checkpoint).
 *
 * @param size how many entries it covers
 * @param root the root hash of the tree over them
 * @param note what is published: origin, size and root, signed
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way to a reader; nobody compares these records.
public record Checkpoint(long size, byte[] root, String note) {

    private static final String LATEST = "SELECT size, root, note FROM sallyport.checkpoint ORDER BY size DESC LIMIT 1";
    private static final String INSERT =
            "INSERT INTO sallyport.checkpoint (size, root, note, created) VALUES (?, ?, ?, ?)";

    /** Signs the head of a tree. */
    static Checkpoint of(Frontier tree, Notes notes) {
        byte[] root = tree.root();
        return new Checkpoint(tree.size(), root, notes.sign(notes.name() + "\n" + sizeAndRoot(tree.size(), root)));
    }

    /** Whether its note says what it should, and is signed by the log's key. */
    boolean isSigned(Notes notes) {
        return notes.text(note)
                .filter(text -> text.substring(text.indexOf('\n') + 1).equals(sizeAndRoot(size, root)))
                .isPresent();
    }

    /** Whether a tree is the one that it speaks of. */
    boolean isOf(Frontier tree) {
        return size == tree.size() && Arrays.equals(root, tree.root());
    }

    private static String sizeAndRoot(long size, byte[] root) {
        return size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    }

    static Optional<Checkpoint> latest(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LATEST);
                ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new Checkpoint(row.getLong(1), row.getBytes(2), row.getString(3)))
                    : Optional.empty();
        }
    }

    void store(Connection connection, Instant created) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, size);
            insert.setBytes(2, root);
            insert.setString(3, note);
            insert.setObject(4, created.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    @Override
    public String toString() {
        return "Checkpoint[" + size + "]";
    }
}
