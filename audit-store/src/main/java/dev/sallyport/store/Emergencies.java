package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.log.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Opens and closes doors past all documents, as the owner of the schema: the broker's own role can't.
 *
 * <p>What is done and its entry in the log are one transaction that begins a new epoch, so that no replica goes on without
 * knowing. Methods throw {@link dev.sallyport.core.Unavailable} when the database can't answer or refuses.
 */
public final class Emergencies {

    private final DataSource owner;
    private final InstantSource clock;

    public Emergencies(DataSource owner, InstantSource clock) {
        this.owner = owner;
        this.clock = clock;
    }

    /** The issuer of the brokers on this database; throws {@link Invalid} where there never was one. */
    public String issuer() {
        return Transaction.run(owner, Transaction.SNAPSHOT, connection -> Settings.read(connection, Settings.ISSUER))
                .orElseThrow(() -> new Invalid("database-url", "is of a database that no broker has used yet"));
    }

    /** The time of the database, which bounds how long a door stays open. */
    public Instant now() {
        return Transaction.run(owner, Transaction.SNAPSHOT, connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT clock_timestamp()");
                    ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the database has no time");
                }
                return row.getObject(1, OffsetDateTime.class).toInstant();
            }
        });
    }

    /**
     * Opens a door.
     *
     * @param thumbprint the RFC 7638 thumbprint of its key, for the log
     * @return the index of the entry that says so
     */
    public long open(BreakGlass door, String thumbprint, String reason) {
        return Transaction.run(owner, Transaction.CHANGE, connection -> {
            StateChange change = StateChange.begin(connection);
            BreakGlassTable.insert(connection, door);
            Map<String, Object> detail = detail(connection, reason);
            detail.put("agent", door.name());
            detail.put("jkt", thumbprint);
            detail.put("until", door.until().toString());
            long _ = change.record(alert("break_glass", detail));
            return change.index();
        });
    }

    /** Closes all doors that are open; returns how many. */
    public int close(String reason) {
        return Transaction.run(owner, Transaction.CHANGE, connection -> {
            StateChange change = StateChange.begin(connection);
            int closed = BreakGlassTable.close(connection);
            if (closed > 0) {
                Map<String, Object> detail = detail(connection, reason);
                detail.put("closed", closed);
                long _ = change.record(alert("break_glass_closed", detail));
            }
            return closed;
        });
    }

    private Entry alert(String alert, Map<String, Object> detail) {
        detail.put("alert", alert);
        Instant now = clock.instant();
        return new Entry(now, "alert", "raised", null, detail);
    }

    /** Whoever logged in to the database, and from where. */
    private static Map<String, Object> detail(Connection connection, String reason) throws SQLException {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("reason", reason);
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT session_user, coalesce(host(inet_client_addr()), 'local')");
                ResultSet row = select.executeQuery()) {
            if (row.next()) {
                detail.put("author", row.getString(1));
                detail.put("client_ip", row.getString(2));
            }
        }
        return detail;
    }
}
