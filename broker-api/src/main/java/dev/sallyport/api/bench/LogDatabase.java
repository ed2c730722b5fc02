package dev.sallyport.api.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.local.LocalPostgres;
import dev.sallyport.api.local.LocalPostgres.Role;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.store.AppendObserver;
import dev.sallyport.store.KeySealer;
import dev.sallyport.store.Migrations;
import dev.sallyport.store.PostgresStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The store on an embedded PostgreSQL, set up as the broker does it.
 *
 * <p>Its projector stands by until it is let go, as on a replica that is not the one that projects.
 */
final class LogDatabase implements AutoCloseable {

    private static final String PROJECTOR = "SELECT pg_advisory_lock(hashtext('sallyport projector'))";
    private static final int CONNECT_SECONDS = 1;
    private static final int ANSWER_SECONDS = 5;
    private static final int KEY_LENGTH = 32;

    private final Path data;
    private final DataDirectory directory;
    private final LocalPostgres postgres;
    private final HikariDataSource reads;
    private final Connection projector;
    private final PostgresStore store;

    private LogDatabase(Path data, AppendObserver observer) throws SQLException {
        this.data = data;
        this.directory = DataDirectory.open(data);
        this.postgres = LocalPostgres.start(directory);
        Migrations.migrate(owner(), Role.BROKER.roleName(), Role.AUDITOR.roleName());
        PGSimpleDataSource broker = postgres.dataSource(Role.BROKER);
        broker.setConnectTimeout(CONNECT_SECONDS);
        broker.setSocketTimeout(ANSWER_SECONDS);
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(broker);
        pool.setMaximumPoolSize(8);
        pool.setMinimumIdle(1);
        this.reads = new HikariDataSource(pool);
        this.projector = owner().getConnection();
        try (Statement statement = projector.createStatement()) {
            statement.execute(PROJECTOR);
        }
        this.store =
                PostgresStore.open(broker, reads, new KeySealer(new byte[KEY_LENGTH]), Clock.systemUTC(), observer);
    }

    static LogDatabase open(Path data, AppendObserver observer) throws SQLException {
        return new LogDatabase(data, observer);
    }

    PostgresStore store() {
        return store;
    }

    DataSource owner() {
        return postgres.dataSource(Role.OWNER);
    }

    /** The key of its checkpoints, beside the database: each one is on top of those before. */
    LogKey logKey() throws IOException {
        Path file = data.resolve("log-key");
        if (!Files.exists(file)) {
            Files.writeString(file, LogKey.generate().privateJwk());
        }
        return LogKey.parse(Files.readString(file));
    }

    /** Lets the projector begin. */
    void project() throws SQLException {
        projector.close();
    }

    /** The process id of PostgreSQL. */
    long pid() throws IOException {
        String pid = Files.readAllLines(data.resolve("postgres").resolve("postmaster.pid"))
                .getFirst()
                .strip();
        return Long.parseLong(pid);
    }

    @Override
    public void close() throws IOException {
        store.close();
        reads.close();
        postgres.close();
        directory.close();
    }
}
