package dev.sallyport.store;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads rows of attempts. */
final class IssuanceRow {

    /** What is read, of a row that is named {@code made}. */
    static final String COLUMNS = """
            made.index, made.time, made.outcome, made.decision_id, made.jti, made.agent, made.target, made.resource,
            made.provider, made.actions, made.reason, made.policy_revision,
            (SELECT erasure FROM sallyport.erased x WHERE x.index = made.index) AS erasure
            """;

    private IssuanceRow() {}

    static List<Issuance> all(PreparedStatement select) throws SQLException {
        List<Issuance> issuances = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                issuances.add(read(row));
            }
        }
        return issuances;
    }

    static Issuance read(ResultSet row) throws SQLException {
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
                row.getObject("policy_revision", Long.class),
                row.getObject("erasure", Long.class) != null);
    }
}
