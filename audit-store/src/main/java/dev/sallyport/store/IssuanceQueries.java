package dev.sallyport.store;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks the projection, and the log itself for a single attempt. */
final class IssuanceQueries implements Issuances {

    /** Bounded, and planned for the very values that are asked for: one agent has ten entries, another most of them. */
    private static final String SETTINGS = Transaction.SNAPSHOT + """
            ; SET LOCAL statement_timeout = '4s';
            SET LOCAL plan_cache_mode = force_custom_plan
            """;

    private static final String COLUMNS = """
            made.index, made.time, made.outcome, made.decision_id, made.jti, made.agent, made.target, made.resource,
            made.provider, made.actions, made.reason, made.policy_revision
            """;

    /** A row that is made from the entry itself: what the log does not hold is not found. */
    private static final String ENTRY = "SELECT " + COLUMNS + """
            , e.leaf, e.detail, e.salt FROM sallyport.log_entry e
            CROSS JOIN LATERAL sallyport.issuance_of(e.index, e.jti, e.leaf, e.detail) AS made
            WHERE e.index < (SELECT size FROM sallyport.log_head) AND made.index IS NOT NULL AND
            """;

    private static final String BY_JTI = ENTRY + "e.jti = ? ORDER BY e.index LIMIT 1";
    private static final String BY_DECISION = ENTRY + """
            e.index = (SELECT min(index) FROM sallyport.issuance WHERE decision_id = ?)
            """;

    private final DataSource reads;
    private final ProjectionWait projection;

    IssuanceQueries(DataSource reads) {
        this.reads = reads;
        this.projection = new ProjectionWait(reads);
    }

    @Override
    public Page list(Query query, @Nullable Position after, int limit) {
        boolean _ = projection.await();
        Conditions conditions = new Conditions(query, after);
        String sql = "SELECT " + COLUMNS + " FROM sallyport.issuance AS made" + conditions.where() + " ORDER BY "
                + conditions.time("made.time") + " DESC, made.index DESC LIMIT " + (limit + 1L);
        List<Issuance> found = Transaction.run(reads, SETTINGS, connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                conditions.bind(select);
                return issuances(select);
            }
        });
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        List<Issuance> items = found.subList(0, limit);
        return new Page(items, items.getLast().position());
    }

    @Override
    public Optional<Found> find(UUID id) {
        Optional<Found> token = find(BY_JTI, id);
        if (token.isPresent()) {
            return token;
        }
        boolean _ = projection.await();
        return find(BY_DECISION, id);
    }

    @Override
    public long first() {
        return Transaction.run(reads, SETTINGS, Retention::first);
    }

    private Optional<Found> find(String sql, UUID id) {
        return Transaction.run(reads, SETTINGS, connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setObject(1, id);
                try (ResultSet row = select.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Found(
                                    issuance(row), row.getBytes("leaf"), row.getBytes("detail"), row.getBytes("salt")))
                            : Optional.empty();
                }
            }
        });
    }

    private static List<Issuance> issuances(PreparedStatement select) throws SQLException {
        List<Issuance> issuances = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                issuances.add(issuance(row));
            }
        }
        return issuances;
    }

    private static Issuance issuance(ResultSet row) throws SQLException {
        Array actions = row.getArray("actions");
        return new Issuance(
                row.getLong("index"),
                row.getObject("time", OffsetDateTime.class).toInstant(),
                row.getString("outcome"),
                row.getObject("decision_id", UUID.class),
                row.getObject("jti", UUID.class),
                row.getString("agent"),
                row.getString("target"),
                row.getString("resource"),
                row.getString("provider"),
                actions == null ? List.of() : List.of((String[]) actions.getArray()),
                row.getString("reason"),
                row.getObject("policy_revision", Long.class));
    }

    /** The conditions that are asked for, and nothing for the others, so that the planner sees what it can use. */
    private static final class Conditions {

        private final boolean filtered;
        private final List<String> sql = new ArrayList<>();
        private final List<Object> values = new ArrayList<>();

        Conditions(Query query, @Nullable Position after) {
            filtered = query.agent() != null
                    || query.target() != null
                    || query.outcome() != null
                    || query.provider() != null;
            add("made.agent = ?", query.agent());
            add("made.target = ?", query.target());
            add("made.outcome = ?", query.outcome());
            add("made.provider = ?", query.provider());
            add(time("made.time") + " >= " + time("?"), timestamp(query.from()));
            add(time("made.time") + " < " + time("?"), timestamp(query.to()));
            if (after != null) {
                sql.add("(" + time("made.time") + ", made.index) < (" + time("?") + ", ?)");
                values.add(after.time().atOffset(ZoneOffset.UTC));
                values.add(after.index());
            }
        }

        /** A time as the index has it that fits: see the migration. */
        String time(String expression) {
            return filtered ? expression : "(" + expression + " AT TIME ZONE 'UTC')";
        }

        private static @Nullable OffsetDateTime timestamp(@Nullable Instant time) {
            return time == null ? null : time.atOffset(ZoneOffset.UTC);
        }

        private void add(String condition, @Nullable Object value) {
            if (value != null) {
                sql.add(condition);
                values.add(value);
            }
        }

        String where() {
            return sql.isEmpty() ? "" : " WHERE " + String.join(" AND ", sql);
        }

        void bind(PreparedStatement select) throws SQLException {
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
        }
    }
}
