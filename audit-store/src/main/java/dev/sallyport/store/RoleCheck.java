package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Makes sure that the run-time role can't alter the log: whatever it was granted by hand, or through another role. */
final class RoleCheck {

    private static final int TOLD_AT_ONCE = 5;

    /** The log's tables and their partitions. */
    private static final String LOG = """
            WITH log AS (
              SELECT oid, relname FROM pg_class
              WHERE relnamespace = 'sallyport'::regnamespace AND relname IN ('log_head', 'log_entry', 'log_hash', 'log_subtree', 'checkpoint', 'erased')
                OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'sallyport.log_entry'::regclass)
            ),
            """;

    /**
     * What the session could do that it must not, one a row, as itself or as any role that it could become.
     *
     * <p>A superuser could become all of them; that alone is told then.
     */
    private static final String GRANTS = LOG + """
            me AS (
              SELECT oid, rolsuper FROM pg_roles WHERE rolname = session_user
            ), role AS (
              SELECT r.oid, r.rolname, r.rolcreaterole, r.rolsuper FROM pg_roles r, me
              WHERE r.oid = me.oid OR NOT me.rolsuper AND pg_has_role(me.oid, r.oid, 'MEMBER')
            ), owned AS (
              SELECT nspowner AS owner, 'schema sallyport' AS what FROM pg_namespace WHERE nspname = 'sallyport'
              UNION ALL
              SELECT datdba, 'database ' || datname FROM pg_database WHERE datname = current_database()
              UNION ALL
              SELECT relowner, 'sallyport.' || relname FROM pg_class
              WHERE relnamespace = 'sallyport'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
              UNION ALL
              SELECT proowner, 'function sallyport.' || proname FROM pg_proc
              WHERE pronamespace = 'sallyport'::regnamespace
            ), complaint (rank, oid, rolname, what) AS (
              SELECT 1, oid, rolname, 'is a superuser' FROM role WHERE rolsuper
              UNION ALL
              SELECT 2, oid, rolname, 'has CREATEROLE' FROM role WHERE rolcreaterole
              UNION ALL
              SELECT 3, oid, rolname, 'writes whatever it likes' FROM role
              WHERE rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
              UNION ALL
              SELECT 4, role.oid, rolname, 'owns ' || what FROM role JOIN owned ON owner = role.oid
              UNION ALL
              SELECT 5, oid, rolname, 'has CREATE on schema sallyport' FROM role
              WHERE has_schema_privilege(oid, 'sallyport', 'CREATE')
              UNION ALL
              SELECT 6, role.oid, rolname, 'has UPDATE on sallyport.' || relname FROM role, log
              WHERE relname <> 'log_head' AND has_any_column_privilege(role.oid, log.oid, 'UPDATE')
              UNION ALL
              SELECT 7, role.oid, rolname, 'has ' || name || ' on sallyport.' || relname
              FROM role, log, unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS name
              WHERE has_table_privilege(role.oid, log.oid, name)
            )
            SELECT CASE WHEN c.oid = me.oid THEN '' ELSE 'may act as ' || rolname || ', which ' END || what
            FROM complaint c, me WHERE rank = 1 OR NOT me.rolsuper ORDER BY rank, c.oid <> me.oid, what LIMIT ?
            """;

    /** The triggers that must hold for everyone, whatever the session's settings, and do not. */
    private static final String TRIGGERS = LOG + """
            needed AS (
              SELECT oid, relname, unnest(
                CASE relname WHEN 'log_head' THEN ARRAY['grows', 'no_delete', 'no_truncate']
                WHEN 'erased' THEN ARRAY['is_logged', 'no_change', 'no_truncate']
                ELSE ARRAY['no_change', 'no_truncate'] END) AS name
              FROM log
            )
            SELECT name || ' on sallyport.' || relname FROM needed WHERE NOT EXISTS (
              SELECT FROM pg_trigger WHERE tgrelid = needed.oid AND tgname = name AND tgenabled = 'A')
            ORDER BY 1 LIMIT ?
            """;

    private RoleCheck() {}

    /**
     * Asks the catalogs, as the run-time role.
     *
     * @throws Invalid with the privileges that the role must be freed of, or the triggers that are off
     */
    static void run(DataSource broker) {
        Transaction.run(broker, Transaction.SNAPSHOT, connection -> {
            List<String> grants = read(connection, GRANTS);
            if (!grants.isEmpty()) {
                throw new Invalid(
                        "spring.datasource.username",
                        "must be a role that can't alter the log, but this one " + String.join(", ", grants));
            }
            List<String> triggers = read(connection, TRIGGERS);
            if (!triggers.isEmpty()) {
                throw new Invalid(
                        "spring.datasource.url",
                        "must be a database whose log is append-only for everyone, but these triggers are missing "
                                + "or not enabled ALWAYS: " + String.join(", ", triggers));
            }
            return true;
        });
    }

    private static List<String> read(Connection connection, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, TOLD_AT_ONCE);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    lines.add(row.getString(1));
                }
            }
        }
        return lines;
    }
}
