package dev.sallyport.store;

import dev.sallyport.core.Hash;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables of revisions and documents. */
final class Documents {

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('sallyport documents'))";

    private static final String AT = """
            SELECT kind, name, body, since FROM sallyport.document
            WHERE since <= ? AND (until IS NULL OR until > ?) ORDER BY kind, name
            """;

    private static final String END = """
            UPDATE sallyport.document d SET until = ? FROM unnest(?::text[], ?::text[]) AS c (kind, name)
            WHERE d.kind = c.kind AND d.name = c.name AND d.until IS NULL
            """;

    private static final String INSERT = """
            INSERT INTO sallyport.document (kind, name, body, since)
            SELECT c.kind, c.name, c.body, ? FROM unnest(?::text[], ?::text[], ?::text[]) AS c (kind, name, body)
            """;

    private Documents() {}

    /** Makes others who would write a revision wait until this transaction ends; appends go on. */
    static void lock(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.execute();
        }
    }

    /** The newest revision; 0 before the first. */
    static long revision(Connection connection) throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT coalesce(max(revision), 0) FROM sallyport.revision");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    static List<LiveDocument> live(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT kind, name, body, since FROM sallyport.document WHERE until IS NULL ORDER BY kind, name")) {
            return read(select);
        }
    }

    /** The documents that were in force at a revision. */
    static List<LiveDocument> at(Connection connection, long revision) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(AT)) {
            select.setLong(1, revision);
            select.setLong(2, revision);
            return read(select);
        }
    }

    private static List<LiveDocument> read(PreparedStatement select) throws SQLException {
        List<LiveDocument> documents = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Document document = new Document(row.getString(1), row.getString(2), row.getString(3));
                documents.add(new LiveDocument(document, row.getLong(4)));
            }
        }
        return documents;
    }

    /** Writes the revision after the newest one; needs {@link #lock}. */
    static void revise(
            Connection connection, long revision, Instant created, String author, List<DocumentChange> changes)
            throws SQLException {
        insertRevision(connection, revision, created, author);
        end(
                connection,
                revision,
                changes.stream().filter(each -> each.before() != null).toList());
        insert(
                connection,
                revision,
                changes.stream().filter(each -> each.after() != null).toList());
    }

    private static void insertRevision(Connection connection, long revision, Instant created, String author)
            throws SQLException {
        String sql = "INSERT INTO sallyport.revision (revision, created, author) VALUES (?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, revision);
            insert.setObject(2, created.atOffset(ZoneOffset.UTC));
            insert.setString(3, author);
            insert.executeUpdate();
        }
    }

    private static void end(Connection connection, long until, List<DocumentChange> ended) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(END)) {
            update.setLong(1, until);
            setTexts(update, 2, ended, DocumentChange::kind);
            setTexts(update, 3, ended, DocumentChange::name);
            if (update.executeUpdate() != ended.size()) {
                throw new SQLException("a document that was to end is not in force");
            }
        }
    }

    private static void insert(Connection connection, long since, List<DocumentChange> written) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, since);
            setTexts(insert, 2, written, DocumentChange::kind);
            setTexts(insert, 3, written, DocumentChange::name);
            setTexts(insert, 4, written, DocumentChange::after);
            insert.executeUpdate();
        }
    }

    private static void setTexts(
            PreparedStatement statement,
            int parameter,
            List<DocumentChange> changes,
            Function<DocumentChange, @Nullable String> part)
            throws SQLException {
        String[] texts = changes.stream().map(part).toArray(String[]::new);
        statement.setArray(parameter, statement.getConnection().createArrayOf("text", texts));
    }

    /** What the log says of a revision: names and hashes, not the documents themselves. */
    static Map<String, Object> detail(long revision, Author author, List<DocumentChange> changes) {
        Map<String, Object> detail = author.detail();
        detail.put("revision", revision);
        detail.put("changes", changes.stream().map(Documents::hashes).toList());
        return detail;
    }

    private static Map<String, String> hashes(DocumentChange change) {
        Map<String, String> hashes = new TreeMap<>(Map.of("kind", change.kind(), "name", change.name()));
        if (change.before() != null) {
            hashes.put("before", sha256(change.before()));
        }
        if (change.after() != null) {
            hashes.put("after", sha256(change.after()));
        }
        return hashes;
    }

    private static String sha256(String json) {
        return Hash.hex(Hash.sha256(json.getBytes(StandardCharsets.UTF_8)));
    }
}
