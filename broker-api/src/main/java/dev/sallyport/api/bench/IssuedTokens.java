package dev.sallyport.api.bench;

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
 * The bare program's one table: one row for each token, durable before the token leaves.
 *
 * <p>Group commit as in the broker's log: one thread takes what has queued and writes it in one statement, which commits by
 * itself. There is no head, no hash and no fence.
 */
final class IssuedTokens {

    private static final int MAX_QUEUED = 4_096;
    private static final int MAX_BATCH = 256;
    private static final int PATIENCE_SECONDS = 5;
    private static final String TABLE = """
            CREATE TABLE issued (
              jti uuid PRIMARY KEY, agent text NOT NULL, target text NOT NULL, token_sha256 text NOT NULL, expires text NOT NULL
            )""";
    private static final String INSERT = """
            INSERT INTO issued (jti, agent, target, token_sha256, expires)
            SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[])""";

    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final Connection connection;
    private final PreparedStatement insert;

    private IssuedTokens(Connection connection) throws SQLException {
        this.connection = connection;
        this.insert = connection.prepareStatement(INSERT);
        insert.unwrap(PGStatement.class).setPrepareThreshold(1);
    }

    /** One token that was issued. */
    record Row(UUID jti, String agent, String target, String tokenSha256, String expires) {}

    private record Pending(Row row, CompletableFuture<Boolean> durable) {}

    static IssuedTokens open(DataSource database) throws SQLException {
        Connection connection = database.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = on");
            statement.execute(TABLE);
        }
        IssuedTokens tokens = new IssuedTokens(connection);
        Thread.ofPlatform().name("inserts").daemon().start(tokens::run);
        return tokens;
    }

    /** Returns when the row is durable; throws when it is not, or not known to be. */
    void add(Row row) throws IOException {
        Pending pending = new Pending(row, new CompletableFuture<>());
        if (!queue.offer(pending)) {
            throw new IOException("too many rows wait");
        }
        try {
            pending.durable().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the row could not be written", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void run() {
        List<Pending> batch = new ArrayList<>(MAX_BATCH);
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

    private void write(List<Pending> batch) {
        try {
            set(1, "uuid", batch, Row::jti);
            set(2, "text", batch, Row::agent);
            set(3, "text", batch, Row::target);
            set(4, "text", batch, Row::tokenSha256);
            set(5, "text", batch, Row::expires);
            insert.executeUpdate();
            batch.forEach(pending -> pending.durable().complete(true));
        } catch (SQLException e) {
            batch.forEach(pending -> pending.durable().completeExceptionally(e));
        }
    }

    private void set(int parameter, String type, List<Pending> batch, Function<Row, Object> column)
            throws SQLException {
        Object[] values = batch.stream().map(Pending::row).map(column).toArray();
        insert.setArray(parameter, connection.createArrayOf(type, values));
    }
}
