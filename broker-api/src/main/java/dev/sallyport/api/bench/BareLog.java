package dev.sallyport.api.bench;

import dev.sallyport.core.log.SealedEntry;
import dev.sallyport.store.AppendObserver;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.postgresql.PGStatement;

/**
 * The least that appends as the log does, to compare it with: group commit, one statement for head and rows, one connection.
 *
 * <p>It seals and hashes nothing: it is given bytes. There is no tree, no partition, no trigger, no limited role; the fence is
 * in the statement, but nothing ever moves it; what fails is not looked into.
 */
final class BareLog implements AutoCloseable {

    private static final int MAX_QUEUED = 4_096;
    private static final int MAX_BATCH = 256;
    private static final int PATIENCE_SECONDS = 3;
    private static final byte[] FRONTIER = new byte[256];

    private static final String TABLES = """
            SET synchronous_commit = on;
            SET plan_cache_mode = force_generic_plan;
            DROP SCHEMA IF EXISTS bare CASCADE;
            CREATE SCHEMA bare;
            CREATE TABLE bare.head (size bigint NOT NULL, epoch bigint NOT NULL, frontier bytea NOT NULL);
            INSERT INTO bare.head VALUES (0, 0, '');
            CREATE TABLE bare.entry (index bigint PRIMARY KEY, jti uuid, leaf bytea NOT NULL, salt bytea, detail bytea);
            CREATE INDEX ON bare.entry (jti)
            """;

    private static final String APPEND = """
            WITH h AS (UPDATE bare.head SET size = ?, frontier = ? WHERE size = ? AND epoch = 0 RETURNING 1)
            INSERT INTO bare.entry (index, jti, leaf, salt, detail)
            SELECT ? + e.position - 1, e.jti, e.leaf, e.salt, e.detail
            FROM unnest(?::uuid[], ?::bytea[], ?::bytea[], ?::bytea[]) WITH ORDINALITY
              AS e (jti, leaf, salt, detail, position)
            WHERE EXISTS (SELECT FROM h)
            """;

    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final Connection connection;
    private final PreparedStatement append;
    private final AppendObserver observer;
    private final Thread thread;
    private long size;

    private record Waiting(UUID jti, SealedEntry entry, CompletableFuture<Boolean> durable) {}

    private BareLog(Connection connection, AppendObserver observer) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute(TABLES);
        }
        this.append = connection.prepareStatement(APPEND);
        append.unwrap(PGStatement.class).setPrepareThreshold(1);
        this.observer = observer;
        this.thread = Thread.ofPlatform().name("bare-log").daemon().start(this::run);
    }

    /** Makes its tables, in a schema of their own. */
    static BareLog open(DataSource owner, AppendObserver observer) throws SQLException {
        return new BareLog(owner.getConnection(), observer);
    }

    /** Returns when the entry is durable; throws when it is not, or not known to be. */
    void append(UUID jti, SealedEntry entry) throws IOException, InterruptedException {
        Waiting waiting = new Waiting(jti, entry, new CompletableFuture<>());
        if (!queue.offer(waiting)) {
            throw new IOException("too many entries wait");
        }
        try {
            waiting.durable().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the entry could not be written", e);
        }
    }

    private void run() {
        List<Waiting> batch = new ArrayList<>(MAX_BATCH);
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch, MAX_BATCH - 1);
                write(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<Waiting> batch) {
        try {
            long started = System.nanoTime();
            append.setLong(1, size + batch.size());
            append.setBytes(2, FRONTIER);
            append.setLong(3, size);
            append.setLong(4, size);
            set(5, "uuid", batch.stream().map(Waiting::jti).toArray(UUID[]::new));
            setBytes(6, batch, SealedEntry::leaf);
            setBytes(7, batch, SealedEntry::salt);
            setBytes(8, batch, SealedEntry::detail);
            if (append.executeUpdate() != batch.size()) {
                throw new SQLException("the head moved");
            }
            long nanos = System.nanoTime() - started;
            size += batch.size();
            batch.forEach(waiting -> waiting.durable().complete(true));
            observer.committed(batch.size(), nanos);
        } catch (SQLException e) {
            batch.forEach(waiting -> waiting.durable().completeExceptionally(e));
        }
    }

    private void setBytes(int parameter, List<Waiting> batch, Function<SealedEntry, byte[]> part) throws SQLException {
        set(
                parameter,
                "bytea",
                batch.stream().map(each -> part.apply(each.entry())).toArray(byte[][]::new));
    }

    private void set(int parameter, String type, Object[] values) throws SQLException {
        append.setArray(parameter, connection.createArrayOf(type, values));
    }

    @Override
    public void close() throws SQLException {
        thread.interrupt();
        connection.close();
    }
}
