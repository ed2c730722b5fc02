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
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * Everything that is kept, in PostgreSQL: the log, the documents, the keys.
 *
 * <p>It connects as the broker's role, which can't alter or remove what the log holds. Every method but {@link #close}
 * throws {@link Unavailable} when the database can't answer.
 */
public final class PostgresStore implements AutoCloseable {

    private static final String ISSUER = "issuer";
    private static final String APPLIED = "applied";
    private static final String BOOTSTRAP_LOCK = "SELECT pg_advisory_xact_lock(hashtext('sallyport bootstrap'))";

    private final DataSource follows;
    private final DataSource reads;
    private final Keys keys;
    private final InstantSource clock;
    private final Appender appender;
    private final Projector projector;

    private PostgresStore(
            DataSource follows,
            DataSource reads,
            Keys keys,
            InstantSource clock,
            Appender appender,
            Projector projector) {
        this.follows = follows;
        this.reads = reads;
        this.keys = keys;
        this.clock = clock;
        this.appender = appender;
        this.projector = projector;
    }

    /**
     * Opens a migrated database and starts the appender and the projector.
     *
     * @param appends for those that keep one connection each, the appender above all; give it a connect timeout under 2 s
     * @param reads for everything else: a pool, with socket timeouts of its own
     * @param clock compared with the database's: nothing is appended while they are more than 2 s apart
     * @throws Invalid when the role that it connects as could alter the log
     */
    public static PostgresStore open(DataSource appends, DataSource reads, KeySealer sealer, InstantSource clock) {
        return open(appends, appends, reads, sealer, clock);
    }

    /** The same with the appender's connections apart from those of the others that keep one. */
    static PostgresStore open(
            DataSource appends, DataSource follows, DataSource reads, KeySealer sealer, InstantSource clock) {
        RoleCheck.run(reads);
        Partitions partitions = new Partitions(reads);
        partitions.prepare();
        Appender appender = new Appender(new LogWriter(appends, new ClockCheck(clock), partitions));
        Projector projector = new Projector(follows, System::nanoTime);
        appender.start();
        projector.start();
        return new PostgresStore(follows, reads, new Keys(sealer), clock, appender, projector);
    }

    /** The log; its callers share one appender. */
    public IssuanceLog log() {
        return appender;
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

    /**
     * Starts to tell a listener of every new epoch; close what is returned before this store's data sources.
     *
     * @param nanoTime the monotonic time that {@link ChangeFeed#asOf} is told in
     */
    public ChangeFeed follow(ChangeFeed.Listener listener, LongSupplier nanoTime) {
        ChangeFeed feed = new ChangeFeed(follows, listener, nanoTime);
        feed.start();
        return feed;
    }

    /** The history of access attempts. */
    public Issuances issuances() {
        return new IssuanceQueries(reads);
    }

    /** The index of the log's entry that the history reads next, from memory. */
    public long projectedTo() {
        return projector.projectedTo();
    }

    /** How far the history is behind the log, from memory. */
    public ProjectionLag projectionLag() {
        return projector.lag();
    }

    /** Appends what has queued, and takes no more. The data sources stay open. */
    @Override
    public void close() {
        projector.close();
        appender.close();
    }
}
