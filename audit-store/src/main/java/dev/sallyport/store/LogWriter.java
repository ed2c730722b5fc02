package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Appended.StateMoved;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches, each in one round trip; belongs to the appender's thread.
 *
 * <p>Duties: answer every entry that it is given; answer {@link Recorded} only after a commit without error or warning;
 * after any other commit the database is the only truth, so what is known of it is dropped with the connection.
 */
final class LogWriter implements AutoCloseable {

    /** How often the head and the clocks are looked at; between batches, not within them. */
    static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private static final Logger LOG = System.getLogger(LogWriter.class.getName());
    private static final int MAX_ATTEMPTS = 4;
    private static final long CONTENTION_NANOS = Duration.ofSeconds(1).toNanos();

    private final DataSource source;
    private final ClockCheck clock;
    private final Partitions partitions;
    private final AppendObserver observer;
    private final BackOff backOff = new BackOff();
    private final Readiness readiness = new Readiness(System::nanoTime);
    private @Nullable AppendSession session;
    private long lookedAt = System.nanoTime();
    private long contendedAt = System.nanoTime() - CONTENTION_NANOS;

    LogWriter(DataSource source, ClockCheck clock, Partitions partitions, AppendObserver observer) {
        this.source = source;
        this.clock = clock;
        this.partitions = partitions;
        this.observer = observer;
    }

    /**
     * Writes a batch and answers its entries.
     *
     * @param epoch the epoch that all of them were decided under
     */
    void write(List<Pending> batch, long epoch) {
        try {
            AppendSession connected = connected();
            if (clock.isStale()) {
                connected.refresh();
            }
            clock.requireAgreement();
            write(connected, batch, epoch);
            backOff.reset();
        } catch (Unavailable e) {
            readiness.bad(e.what());
            batch.forEach(pending -> pending.fail(e));
        } catch (SQLException | RuntimeException e) {
            drop(e);
            Unavailable unknown = new Unavailable("the log could not confirm the entry", e);
            batch.forEach(pending -> pending.fail(unknown));
        }
    }

    private void write(AppendSession connected, List<Pending> batch, long epoch) throws SQLException {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            batch.removeIf(Pending::isOver);
            if (batch.isEmpty()) {
                return;
            }
            long started = System.nanoTime();
            long first = tryOnce(connected, batch, epoch);
            if (first >= 0) {
                long ended = System.nanoTime();
                readiness.good();
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).complete(new Recorded(first + i));
                }
                observer.committed(batch.size(), ended - started);
                return;
            }
            long current = connected.head().epoch();
            if (current > epoch) {
                batch.forEach(pending -> pending.complete(new StateMoved(current)));
                return;
            }
        }
        throw new Unavailable("the log is contended");
    }

    /** Returns the index of the batch's first entry, or -1 where the head had moved; it is known anew then. */
    private long tryOnce(AppendSession connected, List<Pending> batch, long epoch) throws SQLException {
        if (System.nanoTime() - contendedAt < CONTENTION_NANOS) {
            return tryLocked(connected, batch, epoch);
        }
        if (connected.head().epoch() < epoch) {
            connected.refresh();
        }
        Head expected = connected.head();
        if (expected.epoch() != epoch) {
            return -1;
        }
        if (connected.append(batch.stream().map(Pending::entry).toList())) {
            return expected.size();
        }
        connected.refresh();
        if (connected.head().epoch() == epoch) {
            contendedAt = System.nanoTime();
        }
        return -1;
    }

    /** While replicas contend: takes the head's lock first, so that the statement finds the head as it expects it. */
    private long tryLocked(AppendSession connected, List<Pending> batch, long epoch) throws SQLException {
        long known = connected.head().size();
        connected.lock();
        Head locked = connected.head();
        boolean written = locked.epoch() == epoch
                && connected.append(batch.stream().map(Pending::entry).toList());
        connected.unlock();
        if (locked.size() != known) {
            contendedAt = System.nanoTime();
        }
        return written ? locked.size() : -1;
    }

    /** Sees to the connection, the head, the clocks and the partitions, if it is time to. */
    void look() {
        if (System.nanoTime() - lookedAt < LOOK_EVERY.toNanos()) {
            return;
        }
        try {
            AppendSession connected = connected();
            connected.refresh();
            partitions.keepAhead(connected.head().size());
            clock.requireAgreement();
            readiness.good();
        } catch (Unavailable e) {
            readiness.bad(e.what());
        } catch (SQLException | RuntimeException e) {
            drop(e);
        }
        lookedAt = System.nanoTime();
    }

    private AppendSession connected() throws SQLException {
        AppendSession connected = session;
        if (connected == null) {
            backOff.check();
            connected = AppendSession.open(source, clock);
            session = connected;
        }
        return connected;
    }

    /** What keeps entries from being appended, as the last batch or look found it; for any thread. */
    Optional<String> problem() {
        return readiness.problem();
    }

    private void drop(Exception why) {
        LOG.log(Level.WARNING, "the log is not available: {0}", why.getMessage());
        readiness.bad("the log is not available");
        backOff.failed();
        close();
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
