package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Everything that is kept, in PostgreSQL: the log, the documents, the keys.
 *
 * <p>It connects as the broker's role, which can't alter or remove what the log holds. Methods that ask the
 * database throw {@link Unavailable} when it can't answer.
 */
public final class PostgresStore implements AutoCloseable {

    private static final String ISSUER = "issuer";
    private static final String APPLIED = "applied";
    private static final String BOOTSTRAP_LOCK = "SELECT pg_advisory_xact_lock(hashtext('sallyport bootstrap'))";

    private final DataSource reads;
    private final Keys keys;
    private final InstantSource clock;
    private final Appender appender;

    private PostgresStore(DataSource reads, Keys keys, InstantSource clock, Appender appender) {
        this.reads = reads;
        this.keys = keys;
        this.clock = clock;
        this.appender = appender;
    }

    /**
     * Opens a migrated database and starts the appender.
     *
     * @param appends for the appender alone, which keeps one connection; give it a connect timeout under 2 s
     * @param reads for everything else: a pool, with socket timeouts of its own
     * @param clock compared with the database's: nothing is appended while they are more than 2 s apart
     * @param observer is told of every batch that is appended
     */
    public static PostgresStore open(
            DataSource appends, DataSource reads, KeySealer sealer, InstantSource clock, AppendObserver observer) {
        Partitions partitions = new Partitions(reads);
        partitions.prepare();
        Appender appender = new Appender(new LogWriter(appends, new ClockCheck(clock), partitions, observer));
        appender.start();
        return new PostgresStore(reads, new Keys(sealer), clock, appender);
    }

    /** The log; its callers share one appender. */
    public IssuanceLog log() {
        return appender;
    }

    /**
     * What keeps the log from taking entries now, if anything: from the first failure until the next success, and looked
     * at every 2 s while nothing is appended. Costs nothing.
     */
    public Optional<String> problem() {
        return appender.problem();
    }

    /** How many entries wait for the appender. */
    public int queued() {
        return appender.queued();
    }

    /**
     * Reads the whole state in one consistent view.
     *
     * @throws IllegalStateException when a key can't be unsealed
     */
    public Snapshot load() {
        return Transaction.run(
                reads,
                Transaction.SNAPSHOT,
                connection -> new Snapshot(
                        epoch(connection),
                        Documents.revision(connection),
                        Documents.live(connection),
                        keys.all(connection)));
    }

    /**
     * Stores the first documents as revision 1, unless the database has a revision.
     *
     * @param author who says so, for the log
     * @return whether it did
     */
    public boolean bootstrap(List<Document> documents, String author) {
        return change(connection -> {
            // Replicas that start together wait here, and not at the head, where they would hold up appends.
            execute(connection, BOOTSTRAP_LOCK);
            if (Documents.revision(connection) > 0) {
                return false;
            }
            StateChange.apply(connection, open -> insertFirst(open, documents, author));
            return true;
        });
    }

    private Entry insertFirst(Connection connection, List<Document> documents, String author) throws SQLException {
        Instant now = clock.instant();
        Documents.insertRevision(connection, 1, now, author);
        Documents.insert(connection, 1, documents);
        return new Entry(now, "configuration", APPLIED, null, Documents.detail(1, author, documents));
    }

    /**
     * Seals and stores a key.
     *
     * @throws Invalid when there is one of that name already
     */
    public void addKey(KeyRecord key) {
        change(connection -> {
            StateChange.apply(connection, open -> {
                keys.insert(open, key);
                Map<String, Object> detail =
                        Map.of("kid", key.kid(), "algorithm", key.algorithm(), "purpose", key.purpose());
                return new Entry(clock.instant(), "key", APPLIED, null, detail);
            });
            return true;
        });
    }

    /** The issuer that this database is set up for, if it is. */
    public Optional<String> issuer() {
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> Settings.read(connection, ISSUER));
    }

    /** Sets this database up for an issuer, instead of the one before perhaps; the log says so. */
    public void storeIssuer(String issuer) {
        change(connection -> {
            StateChange.apply(connection, open -> {
                Map<String, Object> detail = new TreeMap<>(Map.of("issuer", issuer));
                Settings.read(open, ISSUER).ifPresent(before -> detail.put("before", before));
                Settings.write(open, ISSUER, issuer);
                return new Entry(clock.instant(), "issuer", APPLIED, null, detail);
            });
            return true;
        });
    }

    private boolean change(Transaction.Work<Boolean> work) {
        return Transaction.run(reads, Transaction.CHANGE, work);
    }

    private static long epoch(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT)) {
            return Head.read(select).epoch();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    /** Appends what has queued, and takes no more. The data sources stay open. */
    @Override
    public void close() {
        appender.close();
    }
}
