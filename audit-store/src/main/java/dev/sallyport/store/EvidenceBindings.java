package dev.sallyport.store;

import dev.sallyport.core.ProofBindings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HexFormat;
import javax.sql.DataSource;

/**
 * The keys that evidence is bound to, for all replicas.
 *
 * <p>Each is committed on its own, before the decision that it comes with. Those of evidence that has ended are removed as
 * others come.
 */
final class EvidenceBindings implements ProofBindings {

    /** The clocks of replicas differ, but by less. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private static final String INSERT = """
            INSERT INTO sallyport.evidence_binding (provider, digest, key, ends) VALUES (?, ?, ?, ?)
            ON CONFLICT (provider, digest) DO NOTHING
            """;

    private static final String BOUND =
            "SELECT key = ? FROM sallyport.evidence_binding WHERE provider = ? AND digest = ?";

    /** What another replica is removing is left to it. */
    private static final String PRUNE = """
            DELETE FROM sallyport.evidence_binding WHERE (provider, digest) IN (
              SELECT provider, digest FROM sallyport.evidence_binding WHERE ends < ? LIMIT 1000 FOR UPDATE SKIP LOCKED)
            """;

    private final DataSource source;
    private final InstantSource clock;

    EvidenceBindings(DataSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public boolean bind(String provider, String digest, String key, Instant ends) {
        byte[] evidence = HexFormat.of().parseHex(digest);
        return Transaction.run(source, Transaction.CHANGE, connection -> {
            prune(connection, clock.instant().minus(MARGIN));
            return insert(connection, provider, evidence, key, ends) || isBound(connection, provider, evidence, key);
        });
    }

    private static boolean insert(Connection connection, String provider, byte[] evidence, String key, Instant ends)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, provider);
            insert.setBytes(2, evidence);
            insert.setString(3, key);
            insert.setObject(4, ends.atOffset(ZoneOffset.UTC));
            return insert.executeUpdate() == 1;
        }
    }

    /** Where it has been removed meanwhile the evidence has ended: that is no. */
    private static boolean isBound(Connection connection, String provider, byte[] evidence, String key)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BOUND)) {
            select.setString(1, key);
            select.setString(2, provider);
            select.setBytes(3, evidence);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static void prune(Connection connection, Instant before) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(PRUNE)) {
            delete.setObject(1, before.atOffset(ZoneOffset.UTC));
            delete.executeUpdate();
        }
    }
}
