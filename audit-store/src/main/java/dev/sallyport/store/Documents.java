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
import java.util.function.Function;

/** The tables of revisions and documents. */
final class Documents {

    private static final String INSERT = """
            INSERT INTO sallyport.document (kind, name, body, since)
            SELECT d.kind, d.name, d.body, ? FROM unnest(?::text[], ?::text[], ?::text[]) AS d (kind, name, body)
            """;

    private Documents() {}

    /** The newest revision; 0 before the first. */
    static long revision(Connection connection) throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT coalesce(max(revision), 0) FROM sallyport.revision");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    static List<Document> live(Connection connection) throws SQLException {
        String sql = "SELECT kind, name, body FROM sallyport.document WHERE until IS NULL ORDER BY kind, name";
        List<Document> live = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                live.add(new Document(row.getString(1), row.getString(2), row.getString(3)));
            }
        }
        return live;
    }

    static void insertRevision(Connection connection, long revision, Instant created, String author)
            throws SQLException {
        String sql = "INSERT INTO sallyport.revision (revision, created, author) VALUES (?, ?, ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, revision);
            insert.setObject(2, created.atOffset(ZoneOffset.UTC));
            insert.setString(3, author);
            insert.executeUpdate();
        }
    }

    static void insert(Connection connection, long since, List<Document> documents) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, since);
            setTexts(insert, 2, documents, Document::kind);
            setTexts(insert, 3, documents, Document::name);
            setTexts(insert, 4, documents, Document::json);
            insert.executeUpdate();
        }
    }

    private static void setTexts(
            PreparedStatement insert, int parameter, List<Document> documents, Function<Document, String> part)
            throws SQLException {
        String[] texts = documents.stream().map(part).toArray(String[]::new);
        insert.setArray(parameter, insert.getConnection().createArrayOf("text", texts));
    }

    /** What the log says of a revision: names and hashes, not the documents themselves. */
    static Map<String, Object> detail(long revision, String author, List<Document> documents) {
        List<Map<String, String>> hashes = documents.stream()
                .map(document ->
                        Map.of("kind", document.kind(), "name", document.name(), "sha256", sha256(document.json())))
                .toList();
        return Map.of("revision", revision, "author", author, "documents", hashes);
    }

    private static String sha256(String json) {
        return Hash.hex(Hash.sha256(json.getBytes(StandardCharsets.UTF_8)));
    }
}
