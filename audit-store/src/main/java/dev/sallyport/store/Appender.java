package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.Appended.StateMoved;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Appends to the log: group commit.
 *
 * <p>Callers queue their entries. One thread takes whatever has queued, never waiting for company, and writes it at once:
 * while one batch commits the next gathers.
 */
final class Appender implements IssuanceLog, AutoCloseable {

    private static final int MAX_QUEUED = 4_096;
    private static final int MAX_BATCH = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final BlockingQueue<Pending> queue;
    private final Duration patience;
    private final LogWriter writer;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean stopped;

    Appender(LogWriter writer) {
        this(writer, MAX_QUEUED, PATIENCE);
    }

    Appender(LogWriter writer, int maxQueued, Duration patience) {
        this.queue = new ArrayBlockingQueue<>(maxQueued);
        this.patience = patience;
        this.writer = writer;
        this.thread = Thread.ofPlatform().name("log-appender").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public Appended append(Entry entry, long epoch) {
        Pending pending = new Pending(HashedEntry.of(entry), epoch);
        if (closing) {
            throw new Unavailable("the log is closed");
        }
        if (!queue.offer(pending)) {
            throw new Unavailable("the log is too busy");
        }
        if (stopped) {
            pending.fail(new Unavailable("the log is closed"));
        }
        return pending.await(patience);
    }

    /** What keeps entries from being appended, if anything. */
    Optional<String> problem() {
        return stopped ? Optional.of("the log is closed") : writer.problem();
    }

    /** How many entries wait to be taken. */
    int queued() {
        return queue.size();
    }

    private void run() {
        List<Pending> taken = new ArrayList<>(MAX_BATCH);
        while (!closing || !queue.isEmpty()) {
            if (take(taken)) {
                write(taken);
                taken.clear();
            }
            writer.look();
        }
        stopped = true;
        queue.drainTo(taken);
        taken.forEach(late -> late.fail(new Unavailable("the log is closed")));
        writer.close();
    }

    private boolean take(List<Pending> taken) {
        try {
            Pending first = queue.poll(LogWriter.LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            if (first == null) {
                return false;
            }
            taken.add(first);
            queue.drainTo(taken, MAX_BATCH - 1);
            return true;
        } catch (InterruptedException e) {
            closing = true;
            return false;
        }
    }

    /** Writes those of the newest epoch. The others were decided by a state that this replica itself has left behind. */
    private void write(List<Pending> taken) {
        taken.removeIf(Pending::isOver);
        if (taken.isEmpty()) {
            return;
        }
        long newest = taken.stream().mapToLong(Pending::epoch).max().orElseThrow();
        List<Pending> batch = new ArrayList<>(taken.size());
        for (Pending pending : taken) {
            if (pending.epoch() < newest) {
                pending.complete(new StateMoved(newest));
            } else {
                batch.add(pending);
            }
        }
        writer.write(batch, newest);
    }

    /** Takes no more entries, writes those that have queued, and waits for that. */
    @Override
    public void close() {
        closing = true;
        boolean _ = queue.offer(Pending.nobody());
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
