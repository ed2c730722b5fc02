package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/**
 * The DPoP proofs that changes have used, for all replicas.
 *
 * <p>Each is committed on its own, before the change that it comes with. Those that are stale are removed as others come.
 */
public final class SpentProofs {

    /** The clocks of replicas differ, but by less. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private static final String INSERT =
            "INSERT INTO sallyport.spent_proof (id, stale) VALUES (?, ?) ON CONFLICT (id) DO NOTHING";

    /** What another replica is removing is left to it. */
    private static final String PRUNE = """
            DELETE FROM sallyport.spent_proof WHERE id IN (
              SELECT id FROM sallyport.spent_proof WHERE stale < ? LIMIT 1000 FOR UPDATE SKIP LOCKED)
            """;

    private final DataSource source;
    private final InstantSource clock;

    SpentProofs(DataSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    /**
     * Uses a proof.
     *
     * @param id 16 bytes that tell it from others
     * @param stale from when on nobody takes it any more
     * @return whether nobody has used it before
     */
    public boolean spend(byte[] id, Instant stale) {
        return Transaction.run(source, Transaction.CHANGE, connection -> {
            prune(connection, clock.instant().minus(MARGIN));
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setBytes(1, id);
                insert.setObject(2, stale.atOffset(ZoneOffset.UTC));
                return insert.executeUpdate() == 1;
            }
        });
    }

    private static void prune(Connection connection, Instant before) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(PRUNE)) {
            delete.setObject(1, before.atOffset(ZoneOffset.UTC));
            delete.executeUpdate();
        }
    }
}
