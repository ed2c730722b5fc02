package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The revisions that there have been: none is ever changed or removed. */
public final class StoredRevisions {

    private static final String BELOW =
            "SELECT revision, created, author FROM sallyport.revision WHERE revision < ? ORDER BY revision DESC LIMIT ?";

    private final DataSource source;

    StoredRevisions(DataSource source) {
        this.source = source;
    }

    /**
     * One of them.
     *
     * @param author the name of the agent who made it
     */
    public record Revision(long number, Instant created, String author) {}

    /** The newest of those below a number, newest first. */
    public List<Revision> below(long number, int limit) {
        return Transaction.run(source, Transaction.SNAPSHOT, connection -> below(connection, number, limit));
    }

    /** The revision of that number, if there has been one. */
    public Optional<Revision> find(long number) {
        return below(number + 1, 1).stream()
                .filter(revision -> revision.number() == number)
                .findFirst();
    }

    private static List<Revision> below(Connection connection, long number, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BELOW)) {
            select.setLong(1, number);
            select.setInt(2, limit);
            List<Revision> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Instant created = row.getObject(2, OffsetDateTime.class).toInstant();
                    found.add(new Revision(row.getLong(1), created, row.getString(3)));
                }
            }
            return found;
        }
    }
}
