package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.ProofBindings;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.core.log.Notes;
import dev.sallyport.core.token.KeySchedule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * Everything that is kept, in PostgreSQL: the log, the documents, the keys.
 *
 * <p>It connects as the broker's role, which can't alter or remove what the log holds. Methods that ask the
 * database throw {@link Unavailable} when it can't answer.
 */
public final class PostgresStore implements AutoCloseable {

    private static final long NONE_KNOWN = -1;
    private static final String BY_JTI = "SELECT " + LogEntry.COLUMNS + """
            FROM sallyport.log_entry e
            WHERE jti = ? AND index < (SELECT size FROM sallyport.log_head) ORDER BY index LIMIT 1
            """;

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
     * @param observer is told of every batch that is appended
     * @throws Invalid when the role that it connects as could alter the log
     */
    public static PostgresStore open(
            DataSource appends, DataSource reads, KeySealer sealer, InstantSource clock, AppendObserver observer) {
        return open(appends, appends, reads, sealer, clock, observer);
    }

    /** The same with the appender's connections apart from those of the others that keep one. */
    static PostgresStore open(
            DataSource appends,
            DataSource follows,
            DataSource reads,
            KeySealer sealer,
            InstantSource clock,
            AppendObserver observer) {
        RoleCheck.run(reads);
        Partitions partitions = new Partitions(reads);
        partitions.prepare();
        Appender appender = new Appender(new LogWriter(appends, new ClockCheck(clock), partitions, observer));
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
     * @throws Invalid when a key can't be unsealed
     */
    public Snapshot load() {
        return load(NONE_KNOWN);
    }

    /** The same for a reader who has the documents of a revision: they are left out while that is the newest. */
    public Snapshot load(long knownRevision) {
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> {
            long revision = Documents.revision(connection);
            return new Snapshot(
                    epoch(connection),
                    revision,
                    revision == knownRevision ? null : Documents.live(connection),
                    Suspensions.all(connection),
                    keys.all(connection),
                    BreakGlassTable.open(connection));
        });
    }

    /** The documents that were in force at a revision, by kind and name. */
    public List<LiveDocument> documents(long revision) {
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> Documents.at(connection, revision));
    }

    /** The revisions that there have been. */
    public StoredRevisions revisions() {
        return new StoredRevisions(reads);
    }

    /** The epoch that the database is in now. */
    public long epoch() {
        return Transaction.run(reads, Transaction.SNAPSHOT, PostgresStore::epoch);
    }

    /**
     * Tells of the revocations in force, in the order of their entries.
     *
     * @param from the first entry that is of interest
     */
    public void revocations(long from, Consumer<Revocation> listener) {
        Transaction.run(reads, Transaction.SNAPSHOT, connection -> {
            RevocationTable.tell(connection, from, listener);
            return true;
        });
    }

    /** Forgets the revocations of tokens that have expired. */
    public void pruneRevocations() {
        Transaction.run(reads, Transaction.CHANGE, connection -> {
            RevocationTable.prune(connection);
            return true;
        });
    }

    /**
     * Tells of what was said of agents, and taken back, in the order of the entries.
     *
     * @param from the first entry that is of interest
     */
    public void postures(long from, Consumer<PostureFact> listener) {
        Transaction.run(reads, Transaction.SNAPSHOT, connection -> {
            PostureTable.tell(connection, from, listener);
            return true;
        });
    }

    /** What is said of one agent, by attribute and writer; what has expired too. */
    public List<PostureFact> posture(String agent) {
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> PostureTable.of(connection, agent));
    }

    /** Forgets what was taken back long ago. */
    public void prunePosture() {
        Transaction.run(reads, Transaction.CHANGE, connection -> {
            PostureTable.prune(connection);
            return true;
        });
    }

    /** The entry by which a token was issued, from the log itself. */
    public Optional<LogEntry> issuance(UUID jti) {
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> {
            try (PreparedStatement select = connection.prepareStatement(BY_JTI)) {
                select.setObject(1, jti);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(LogEntry.read(row)) : Optional.empty();
                }
            }
        });
    }

    /** What changes the state. */
    public Changes changes() {
        return new Changes(reads, keys, clock);
    }

    /**
     * What makes keys and ends them.
     *
     * @param origin the name of the log
     */
    public KeyChanges keyChanges(KeySchedule schedule, String origin) {
        return new KeyChanges(reads, keys, clock, schedule, origin);
    }

    /** The issuer that this database is set up for, if it is. */
    public Optional<String> issuer() {
        return Transaction.run(reads, Transaction.SNAPSHOT, connection -> Settings.read(connection, Settings.ISSUER));
    }

    private static long epoch(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT)) {
            return Head.read(select).epoch();
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

    /**
     * Starts to sign checkpoints, and opens the public side of the log; close what is returned before this store's data
     * sources.
     *
     * @param notes those that sign them at an epoch or later; their name is the origin
     */
    public PublicLog publish(LongFunction<Notes> notes) {
        PublicLog published = new PublicLog(follows, reads, notes, clock);
        published.start();
        return published;
    }

    /** The same with a key that never changes. */
    public PublicLog publish(Notes notes) {
        return publish(_ -> notes);
    }

    /** The history of access attempts. */
    public Issuances issuances() {
        return new IssuanceQueries(reads);
    }

    /** Workloads without an agent. */
    public Discoveries discoveries() {
        return new DiscoveryQueries(reads);
    }

    /** Which claims workloads proved. */
    public Attestations attestations() {
        return new AttestationQueries(reads);
    }

    /** What erases details. */
    public Erasures erasures() {
        return new Erasures(reads, clock);
    }

    /** Everything in the log. */
    public Events events() {
        return new EventQueries(reads);
    }

    /**
     * Starts to hand the log to a receiver; close what is returned before this store's data sources.
     *
     * @param name by which the database knows how far it got
     */
    public Delivery deliver(String name, Delivery.Receiver receiver) {
        Delivery delivery = new Delivery(name, follows, events(), receiver);
        delivery.start();
        return delivery;
    }

    /** What it takes to decide again what was decided. */
    public DecisionHistory decisionHistory() {
        return new DecisionHistory(reads);
    }

    /** The keys that machines are bound to. */
    public StoredEnrolments enrolments() {
        return new StoredEnrolments(reads, clock);
    }

    /** The proofs that changes have used. */
    public SpentProofs spentProofs() {
        return new SpentProofs(reads, clock);
    }

    /** The keys that evidence is bound to. */
    public ProofBindings evidenceBindings() {
        return new EvidenceBindings(reads, clock);
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
