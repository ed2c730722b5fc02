package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.log.Entry;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Erases details from the log: what a leaf commits to, and its salt. Leaves stay, and every proof with them.
 *
 * <p>It is one transaction that appends an entry of type {@code erasure} and erases what that names, or does nothing. It changes
 * no decision, so the epoch goes on.
 */
public final class Erasures {

    /** What has details that may be erased: the other types say what admins did. */
    private static final String ERASABLE = """
            index < (SELECT size FROM sallyport.log_head) AND
            (position('"type":"issuance"'::bytea IN leaf) > 0 OR position('"type":"refusals"'::bytea IN leaf) > 0)
            """;

    private static final String BY_INDEX =
            "SELECT index, index AS name FROM sallyport.log_entry WHERE index = ANY (?) AND " + ERASABLE;

    private static final String BY_TOKEN =
            "SELECT index, jti AS name FROM sallyport.log_entry WHERE jti = ANY (?) AND " + ERASABLE;

    private static final String BY_DECISION =
            "SELECT index, decision_id AS name FROM sallyport.issuance JOIN sallyport.log_entry e USING (index) "
                    + "WHERE decision_id = ANY (?)";

    private static final String ERASED = "SELECT index, erasure FROM sallyport.erased WHERE index = ANY (?)";

    /** An entry of the log, by one of its names. */
    public sealed interface Subject {

        /** The name itself, and what it is called where admins write it. */
        Object name();

        String field();
    }

    public record ByIndex(Long name) implements Subject {

        @Override
        public String field() {
            return "index";
        }
    }

    /** By the {@code jti} of the token that it issued. */
    public record ByToken(UUID name) implements Subject {

        @Override
        public String field() {
            return "jti";
        }
    }

    /** By its decision, which nothing is found by any more once it is erased. */
    public record ByDecision(UUID name) implements Subject {

        @Override
        public String field() {
            return "decisionId";
        }
    }

    /**
     * What came of it.
     *
     * @param erasure the entry that says so; null where all had been erased before
     * @param entries all that were asked for by their index, each with the index of the entry that erased it
     */
    public record Erased(@Nullable Long erasure, SortedMap<Long, Long> entries) {}

    private final DataSource source;
    private final InstantSource clock;
    private final ProjectionWait projection;

    Erasures(DataSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
        this.projection = new ProjectionWait(source);
    }

    /**
     * Erases the details of all of these entries. What is erased already stays as it is.
     *
     * @throws Invalid naming the first of the subjects, as {@code entries[3].jti}, that is no entry or may not be erased
     */
    public Erased erase(List<? extends Subject> subjects, String reason, Author author) {
        if (subjects.stream().anyMatch(ByDecision.class::isInstance)) {
            boolean _ = projection.await();
        }
        return Transaction.run(source, Transaction.CHANGE, connection -> {
            SortedSet<Long> indexes = indexes(connection, subjects);
            StateChange change = StateChange.begin(connection);
            SortedMap<Long, Long> erasures = erased(connection, indexes);
            indexes.removeAll(erasures.keySet());
            if (indexes.isEmpty()) {
                return new Erased(null, erasures);
            }
            change.append(entry(indexes, reason, author));
            long erasure = change.index();
            erase(connection, erasure);
            indexes.forEach(index -> erasures.put(index, erasure));
            return new Erased(erasure, erasures);
        });
    }

    private Entry entry(SortedSet<Long> indexes, String reason, Author author) {
        Map<String, Object> detail = author.detail();
        detail.put("reason", reason);
        detail.put("entries", List.copyOf(indexes));
        return new Entry(clock.instant(), "erasure", "applied", null, detail);
    }

    private static SortedSet<Long> indexes(Connection connection, List<? extends Subject> subjects)
            throws SQLException {
        Map<Object, Long> found = new HashMap<>();
        found.putAll(find(connection, BY_INDEX, "bigint", subjects, ByIndex.class));
        found.putAll(find(connection, BY_TOKEN, "uuid", subjects, ByToken.class));
        Map<Object, Long> decisions = find(connection, BY_DECISION, "uuid", subjects, ByDecision.class);
        SortedSet<Long> indexes = new TreeSet<>();
        for (int i = 0; i < subjects.size(); i++) {
            Subject subject = subjects.get(i);
            Long index = (subject instanceof ByDecision ? decisions : found).get(subject.name());
            if (index == null) {
                throw new Invalid(
                        "entries[" + i + "]." + subject.field(),
                        "names no entry of the log whose detail can be erased, or one that has been archived");
            }
            indexes.add(index);
        }
        return indexes;
    }

    private static Map<Object, Long> find(
            Connection connection,
            String sql,
            String type,
            List<? extends Subject> subjects,
            Class<? extends Subject> kind)
            throws SQLException {
        Object[] names =
                subjects.stream().filter(kind::isInstance).map(Subject::name).toArray();
        Map<Object, Long> found = new HashMap<>();
        if (names.length == 0) {
            return found;
        }
        Array array = connection.createArrayOf(type, names);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setArray(1, array);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.merge(row.getObject("name"), row.getLong("index"), Math::min);
                }
            }
        }
        return found;
    }

    private static SortedMap<Long, Long> erased(Connection connection, SortedSet<Long> indexes) throws SQLException {
        SortedMap<Long, Long> erased = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(ERASED)) {
            select.setArray(1, connection.createArrayOf("bigint", indexes.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    erased.put(row.getLong(1), row.getLong(2));
                }
            }
        }
        return erased;
    }

    private static void erase(Connection connection, long erasure) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement("SELECT sallyport.erase_details(?)")) {
            call.setLong(1, erasure);
            call.execute();
        }
    }
}
