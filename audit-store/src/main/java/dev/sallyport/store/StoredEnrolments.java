package dev.sallyport.store;

import dev.sallyport.core.attest.Enrolments;
import dev.sallyport.core.log.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * The keys that machines are bound to, for all replicas.
 *
 * <p>The row comes before the head's lock, everywhere here: who finds a machine bound does not hold up the log.
 */
public final class StoredEnrolments implements Enrolments {

    private static final String COLUMNS = "SELECT instance, jkt, way, created FROM sallyport.enrolment ";
    private static final String FIND = COLUMNS + "WHERE provider = ? AND instance = ?";
    private static final String LIST = COLUMNS + "WHERE provider = ? AND instance > ? ORDER BY instance LIMIT ?";
    private static final String INSERT = """
            INSERT INTO sallyport.enrolment (provider, instance, jkt, way, created) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;
    private static final String DELETE =
            "DELETE FROM sallyport.enrolment WHERE provider = ? AND instance = ? RETURNING jkt, way";

    private final DataSource source;
    private final InstantSource clock;

    StoredEnrolments(DataSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public Optional<Enrolment> find(String provider, String instance) {
        return Transaction.run(source, Transaction.SNAPSHOT, connection -> find(connection, provider, instance));
    }

    /** The machines of a trust provider after one of them, in the order of their ids. */
    public List<Enrolment> list(String provider, String after, int limit) {
        return Transaction.run(source, Transaction.SNAPSHOT, connection -> {
            try (PreparedStatement select = connection.prepareStatement(LIST)) {
                select.setString(1, provider);
                select.setString(2, after);
                select.setInt(3, limit);
                return read(select);
            }
        });
    }

    @Override
    public Enrolment bind(String provider, Enrolment wanted) {
        return Transaction.run(source, Transaction.CHANGE, connection -> {
            if (!insert(connection, provider, wanted)) {
                return find(connection, provider, wanted.instance())
                        .orElseThrow(() -> new SQLException("an enrolment was reset in this moment"));
            }
            Map<String, Object> detail = detail(
                    provider, wanted.instance(), wanted.jkt(), wanted.way().label());
            StateChange.begin(connection).append(new Entry(wanted.created(), "enrolment", "applied", null, detail));
            return wanted;
        });
    }

    /**
     * Forgets the key of a machine, which may then enrol anew. No token that was decided with it is recorded afterwards.
     *
     * @return the epoch that begins with it; empty where there was none
     */
    public OptionalLong reset(String provider, String instance, Author author) {
        return Transaction.run(source, Transaction.CHANGE, connection -> {
            try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
                delete.setString(1, provider);
                delete.setString(2, instance);
                try (ResultSet row = delete.executeQuery()) {
                    if (!row.next()) {
                        return OptionalLong.empty();
                    }
                    Map<String, Object> detail = author.detail();
                    detail.putAll(detail(provider, instance, row.getString("jkt"), row.getString("way")));
                    return OptionalLong.of(StateChange.begin(connection)
                            .record(new Entry(clock.instant(), "enrolment", "reset", null, detail)));
                }
            }
        });
    }

    private static Map<String, Object> detail(String provider, String instance, String jkt, String way) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("provider", provider);
        detail.put("instance", instance);
        detail.put("jkt", jkt);
        detail.put("way", way);
        return detail;
    }

    private static boolean insert(Connection connection, String provider, Enrolment wanted) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, provider);
            insert.setString(2, wanted.instance());
            insert.setString(3, wanted.jkt());
            insert.setString(4, wanted.way().label());
            insert.setObject(5, wanted.created().atOffset(ZoneOffset.UTC));
            return insert.executeUpdate() == 1;
        }
    }

    private static Optional<Enrolment> find(Connection connection, String provider, String instance)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIND)) {
            select.setString(1, provider);
            select.setString(2, instance);
            return read(select).stream().findFirst();
        }
    }

    private static List<Enrolment> read(PreparedStatement select) throws SQLException {
        List<Enrolment> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new Enrolment(
                        row.getString("instance"),
                        row.getString("jkt"),
                        Way.of(row.getString("way")),
                        row.getObject("created", OffsetDateTime.class).toInstant()));
            }
        }
        return found;
    }
}
