package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** Sees to it that the next partition of the log is there long before the first entry for it. */
final class Partitions {

    /** Half a partition: a minute of appending at the fastest. */
    private static final long AHEAD = 1L << 21;

    private static final Logger LOG = System.getLogger(Partitions.class.getName());

    private final DataSource source;
    private final AtomicBoolean preparing = new AtomicBoolean();
    private volatile long end;

    Partitions(DataSource source) {
        this.source = source;
    }

    /** Asks the database for the current partition and the next, now. */
    void prepare() {
        end = Transaction.run(source, Transaction.CHANGE, connection -> {
            try (PreparedStatement prepare = connection.prepareStatement("SELECT sallyport.log_prepare()");
                    ResultSet row = prepare.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("log_prepare() returned nothing");
                }
                return row.getLong(1);
            }
        });
    }

    /** Does the same beside the appender's thread, if the log's end comes near the last partition's. */
    void keepAhead(long size) {
        if (size + AHEAD < end || !preparing.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual().name("log-partitions").start(() -> {
            try {
                prepare();
            } catch (Unavailable e) {
                LOG.log(Level.WARNING, "the next partition could not be made: {0}", e.getMessage());
            } finally {
                preparing.set(false);
            }
        });
    }
}
