package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Lets whoever asks the projection read what has just been answered. */
final class ProjectionWait {

    private static final long PATIENCE = Duration.ofMillis(1_500).toNanos();
    private static final long LOOK_EVERY = Duration.ofMillis(25).toNanos();

    private final DataSource reads;

    ProjectionWait(DataSource reads) {
        this.reads = reads;
    }

    /**
     * Waits until the projection has come to where the log is now, at most {@code 1.5 s}. No connection is held meanwhile.
     *
     * @return whether it has
     */
    boolean await() {
        Progress progress = progress();
        long size = progress.size();
        long started = System.nanoTime();
        while (progress.next() < size && System.nanoTime() - started < PATIENCE) {
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unavailable("the broker is stopping");
            }
            progress = progress();
        }
        return progress.next() >= size;
    }

    private Progress progress() {
        return Transaction.run(reads, Transaction.SNAPSHOT, ProjectionWait::progress);
    }

    private static Progress progress(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Progress.SELECT)) {
            return Progress.read(select);
        }
    }
}
