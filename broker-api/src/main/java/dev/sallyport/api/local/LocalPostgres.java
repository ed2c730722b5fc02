package dev.sallyport.api.local;

import dev.sallyport.core.Invalid;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * A real PostgreSQL in the data directory, for the demo, development and tests.
 *
 * <p>Durable like any other: fsync on. It listens on loopback only, asks everyone for a password, the superuser included, and
 * the broker uses the same limited roles as on a server. Passwords are made anew at each start, except the superuser's, and
 * stand in {@code pgpass} for whoever owns the directory.
 */
public final class LocalPostgres implements AutoCloseable {

    private static final String DATABASE = "sallyport";
    private static final String PGPASS = "pgpass";
    private static final String UNFINISHED = "first-start-unfinished";
    private static final String SUPERUSER_PASSWORD = "superuser-password";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DataDirectory data;
    private final EmbeddedPostgres server;
    private final String superuserPassword;
    private final Map<Role, String> passwords = new EnumMap<>(Role.class);

    private LocalPostgres(DataDirectory data, EmbeddedPostgres server, String superuserPassword) {
        this.data = data;
        this.server = server;
        this.superuserPassword = superuserPassword;
    }

    /** A role of the database, as the broker and people log in with it. */
    public enum Role {
        OWNER,
        BROKER,
        AUDITOR;

        /** Its name in PostgreSQL. */
        public String roleName() {
            return "sallyport_" + name().toLowerCase(Locale.ROOT);
        }
    }

    public static LocalPostgres start(DataDirectory data) {
        Path directory = data.resolve("postgres");
        try {
            Orphan.stop(directory);
            beginAnewIfUnfinished(data, directory);
            Path passwordFile = data.resolve(SUPERUSER_PASSWORD);
            String password = Files.readString(passwordFile);
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setDataDirectory(directory)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setOverrideWorkingDirectory(binaries(data).toFile())
                    .setPGStartupWait(PATIENCE)
                    .setLocaleConfig("locale", "C")
                    .setLocaleConfig("auth", "scram-sha-256")
                    .setLocaleConfig("pwfile", passwordFile.toString())
                    .setConnectConfig("password", password)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("max_connections", "100")
                    .start();
            LocalPostgres prepared = new LocalPostgres(data, server, password).prepared();
            Files.deleteIfExists(data.resolve(UNFINISHED));
            return prepared;
        } catch (IOException | IllegalStateException e) {
            throw new Invalid("data", "the embedded PostgreSQL does not start in " + directory + ": " + e.getMessage());
        }
    }

    /** A first start that was killed has left nothing worth keeping; a finished one is never begun anew. */
    private static void beginAnewIfUnfinished(DataDirectory data, Path directory) throws IOException {
        if (!Files.exists(directory) || Files.exists(data.resolve(UNFINISHED))) {
            data.writeSecret(UNFINISHED, "");
            FileSystemUtils.deleteRecursively(directory);
            data.writeSecret(SUPERUSER_PASSWORD, secret());
        }
    }

    /** A plain data source that logs in as a role. */
    public PGSimpleDataSource dataSource(Role role) {
        return dataSource(DATABASE, role.roleName(), password(role));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private LocalPostgres prepared() {
        try (Connection postgres =
                        dataSource("postgres", "postgres", superuserPassword).getConnection();
                Statement statement = postgres.createStatement()) {
            for (Role role : Role.values()) {
                if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + role.roleName() + "'")) {
                    statement.execute("CREATE ROLE " + role.roleName() + " LOGIN");
                }
                statement.execute("ALTER ROLE " + role.roleName() + " PASSWORD '" + password(role) + "'");
            }
            if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + Role.OWNER.roleName());
                statement.execute("REVOKE ALL ON DATABASE " + DATABASE + " FROM PUBLIC");
            }
            statement.execute("GRANT CONNECT ON DATABASE " + DATABASE + " TO " + Role.BROKER.roleName() + ", "
                    + Role.AUDITOR.roleName());
        } catch (SQLException e) {
            throw new IllegalStateException("the roles of the embedded PostgreSQL can't be set up", e);
        }
        data.writeSecret(PGPASS, pgpass());
        return this;
    }

    /** In the format of libpq's password file, so that {@code PGPASSFILE=DIR/pgpass psql ...} works. */
    private String pgpass() {
        StringBuilder lines = new StringBuilder();
        for (Role role : Role.values()) {
            lines.append(line(DATABASE, role.roleName(), password(role)));
        }
        return lines.append(line("*", "postgres", superuserPassword)).toString();
    }

    private String line(String database, String user, String password) {
        return String.join(":", "localhost", Integer.toString(server.getPort()), database, user, password) + "\n";
    }

    private PGSimpleDataSource dataSource(String database, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {server.getPort()});
        source.setDatabaseName(database);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    private String password(Role role) {
        return passwords.computeIfAbsent(role, r -> secret());
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    /** Unpacked once for each user; where there is no home directory to write to, beside the data. */
    private static Path binaries(DataDirectory data) {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "sallyport", "postgres");
        for (Path candidate : List.of(cache, data.resolve("postgres-binaries"))) {
            try {
                Files.createDirectories(candidate);
                if (Files.isWritable(candidate)) {
                    return candidate;
                }
            } catch (IOException notHere) {
                // The next one, then.
            }
        }
        throw new Invalid("data", "there is no directory to unpack PostgreSQL into");
    }

    private static String secret() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
