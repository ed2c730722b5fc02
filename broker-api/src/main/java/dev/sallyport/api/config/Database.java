package dev.sallyport.api.config;

import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.local.LocalKey;
import dev.sallyport.api.local.LocalPostgres;
import dev.sallyport.api.local.LocalPostgres.Role;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.KeySealer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.core.env.Environment;

/**
 * The database that the broker runs on: the embedded one, or the one that {@code spring.datasource.*} names.
 *
 * <p>Two logins: the owner migrates and is not used afterwards; the broker's can't alter the log.
 */
public final class Database implements AutoCloseable {

    private static final String MIGRATION_ROLE = "spring.flyway";
    private static final String RUNTIME_ROLE = "spring.datasource";

    /** A silent database must not hold anyone for long. */
    private static final int CONNECT_SECONDS = 1;

    private static final int ANSWER_SECONDS = 5;

    private final PGSimpleDataSource owner;
    private final PGSimpleDataSource broker;
    private final String auditorRole;
    private final KeySealer sealer;
    private final @Nullable LocalPostgres local;
    private final @Nullable DataDirectory data;

    private Database(
            PGSimpleDataSource owner,
            PGSimpleDataSource broker,
            String auditorRole,
            KeySealer sealer,
            @Nullable LocalPostgres local,
            @Nullable DataDirectory data) {
        this.owner = owner;
        this.broker = broker;
        this.auditorRole = auditorRole;
        this.sealer = sealer;
        broker.setConnectTimeout(CONNECT_SECONDS);
        broker.setSocketTimeout(ANSWER_SECONDS);
        this.local = local;
        this.data = data;
    }

    /**
     * Opens it.
     *
     * @param opened the data directory, where it is open already
     */
    public static Database open(BrokerProperties settings, Environment environment, @Nullable DataDirectory opened) {
        return environment.containsProperty(RUNTIME_ROLE + ".url")
                ? external(settings, environment)
                : embedded(settings, opened == null ? DataDirectory.open(settings.data()) : opened);
    }

    private static Database embedded(BrokerProperties settings, DataDirectory data) {
        LocalPostgres postgres = LocalPostgres.start(data);
        return new Database(
                postgres.dataSource(Role.OWNER),
                postgres.dataSource(Role.BROKER),
                Role.AUDITOR.roleName(),
                settings.keyEncryptionKey().isEmpty()
                        ? new KeySealer(LocalKey.beside(data))
                        : sealer(settings.keyEncryptionKey()),
                postgres,
                data);
    }

    private static Database external(BrokerProperties settings, Environment environment) {
        if (settings.keyEncryptionKey().isEmpty()) {
            throw new Invalid("key-encryption-key", "is needed with an external database; it is never generated there");
        }
        PGSimpleDataSource broker = login(environment, RUNTIME_ROLE, RUNTIME_ROLE + ".username");
        PGSimpleDataSource owner = login(environment, MIGRATION_ROLE, MIGRATION_ROLE + ".user");
        Invalid.unless(
                !String.valueOf(owner.getUser()).equals(broker.getUser()),
                MIGRATION_ROLE + ".user",
                "must be another role than " + RUNTIME_ROLE + ".username: the run-time role must not own the log");
        return new Database(owner, broker, settings.auditorRole(), sealer(settings.keyEncryptionKey()), null, null);
    }

    private static KeySealer sealer(List<Path> files) {
        return new KeySealer(files.stream().map(LocalKey::read).toList());
    }

    private static PGSimpleDataSource login(Environment environment, String prefix, String userProperty) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(required(environment, RUNTIME_ROLE + ".url"));
        } catch (IllegalArgumentException e) {
            throw new Invalid(RUNTIME_ROLE + ".url", "must be a URL such as jdbc:postgresql://host/database");
        }
        source.setUser(required(environment, userProperty));
        source.setPassword(environment.getProperty(prefix + ".password"));
        return source;
    }

    private static String required(Environment environment, String property) {
        String value = environment.getProperty(property);
        if (value == null || value.isBlank()) {
            throw new Invalid(property, "is missing");
        }
        return value;
    }

    /** The role that owns the schema. */
    public DataSource owner() {
        return owner;
    }

    /** The run-time role. */
    public PGSimpleDataSource broker() {
        return broker;
    }

    public String brokerRole() {
        return String.valueOf(broker.getUser());
    }

    public String auditorRole() {
        return auditorRole;
    }

    /** What seals signing keys in it. */
    public KeySealer sealer() {
        return sealer;
    }

    @Override
    public void close() throws IOException {
        if (local != null) {
            local.close();
        }
        if (data != null) {
            data.close();
        }
    }
}
