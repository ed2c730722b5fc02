package dev.sallyport.store;

import dev.sallyport.core.CanonicalJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The table of what is said of agents. */
final class PostureTable {

    private static final int FETCH = 10_000;
    private static final String COLUMNS = "SELECT entry, agent, writer, attribute, jsonb_typeof(value) AS type, "
            + "value #>> '{}' AS value, expires FROM sallyport.posture ";
    private static final String FROM = COLUMNS + "WHERE entry >= ? ORDER BY entry";
    private static final String OF = COLUMNS + "WHERE agent = ? AND value IS NOT NULL ORDER BY attribute, writer";

    private static final String PUT = """
            INSERT INTO sallyport.posture (agent, writer, attribute, value, expires, entry) VALUES (?, ?, ?, ?::jsonb, ?, ?)
            ON CONFLICT (agent, writer, attribute)
            DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires, entry = EXCLUDED.entry
            """;

    private PostureTable() {}

    static void put(
            Connection connection,
            long entry,
            String agent,
            String writer,
            Map<String, ? extends @Nullable Object> attributes,
            Instant expires)
            throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            for (Map.Entry<String, ? extends @Nullable Object> each : attributes.entrySet()) {
                put.setString(1, agent);
                put.setString(2, writer);
                put.setString(3, each.getKey());
                put.setString(4, each.getValue() == null ? null : CanonicalJson.text(each.getValue()));
                put.setObject(5, expires.atOffset(ZoneOffset.UTC));
                put.setLong(6, entry);
                put.addBatch();
            }
            put.executeBatch();
        }
    }

    /** Tells of what was said or taken back from an entry on, in the order of the entries; few are held at once. */
    static void tell(Connection connection, long from, Consumer<PostureFact> listener) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FROM)) {
            select.setFetchSize(FETCH);
            select.setLong(1, from);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    listener.accept(read(row));
                }
            }
        }
    }

    /** What is said of one agent, expired or not. */
    static List<PostureFact> of(Connection connection, String agent) throws SQLException {
        List<PostureFact> facts = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(OF)) {
            select.setString(1, agent);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    facts.add(read(row));
                }
            }
        }
        return facts;
    }

    /** How many attributes a writer has for an agent, besides some. */
    static int count(Connection connection, String agent, String writer, Map<String, ?> besides) throws SQLException {
        String sql = "SELECT count(*) FROM sallyport.posture WHERE agent = ? AND writer = ? AND value IS NOT NULL "
                + "AND attribute <> ALL (?)";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, agent);
            select.setString(2, writer);
            select.setArray(3, connection.createArrayOf("text", besides.keySet().toArray()));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /** Removes what was taken back long ago. */
    static void prune(Connection connection) throws SQLException {
        try (PreparedStatement prune = connection.prepareStatement("SELECT sallyport.prune_posture()")) {
            prune.execute();
        }
    }

    private static PostureFact read(ResultSet row) throws SQLException {
        return new PostureFact(
                row.getLong("entry"),
                row.getString("agent"),
                row.getString("writer"),
                row.getString("attribute"),
                value(row.getString("type"), row.getString("value")),
                row.getObject("expires", OffsetDateTime.class).toInstant());
    }

    private static @Nullable Object value(@Nullable String type, @Nullable String text) {
        if (type == null || text == null) {
            return null;
        }
        return switch (type) {
            case "boolean" -> Boolean.valueOf(text);
            case "number" -> number(text);
            default -> text;
        };
    }

    private static Object number(String text) {
        return text.matches("-?[0-9]{1,16}") ? (Object) Long.valueOf(text) : Double.valueOf(text);
    }
}
