package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the schema {@code sallyport} of a database up to date. */
public final class Migrations {

    private static final String SCHEMA = "sallyport";
    private static final Pattern ROLE = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private Migrations() {}

    /**
     * Creates or updates the schema and what the roles may do in it. Replicas that do so at once wait for each other.
     *
     * @param owner connects as the role that is to own the schema; the broker itself must not
     * @param brokerRole an existing role: appends, and owns nothing
     * @param auditorRole an existing role: reads the log and the documents, but no keys
     */
    public static void migrate(DataSource owner, String brokerRole, String auditorRole) {
        checkRole("brokerRole", brokerRole);
        checkRole("auditorRole", auditorRole);
        Flyway.configure()
                .dataSource(owner)
                .schemas(SCHEMA)
                .locations("classpath:db/migration")
                .placeholders(Map.of("broker", brokerRole, "auditor", auditorRole))
                .load()
                .migrate();
    }

    private static void checkRole(String field, String role) {
        Invalid.unless(ROLE.matcher(role).matches(), field, "must match [a-z_][a-z0-9_]{0,62}");
    }
}
