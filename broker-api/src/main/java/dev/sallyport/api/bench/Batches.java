package dev.sallyport.api.bench;

import dev.sallyport.store.AppendObserver;
import java.util.List;

/** Counts the batches that a log commits. */
final class Batches implements AppendObserver {

    private Times times = new Times();
    private long entries;
    private int most;
    private int count;

    /**
     * What was counted since the last time.
     *
     * @param mean entries in a batch
     * @param most entries in the largest
     * @param commits how long the database took for each
     */
    record Counted(double mean, int most, Latencies commits) {}

    @Override
    public synchronized void committed(int batch, long nanos) {
        times.add(nanos);
        entries += batch;
        most = Math.max(most, batch);
        count++;
    }

    /** Tells, and begins anew. */
    synchronized Counted taken() {
        Counted counted = new Counted((double) entries / count, most, Times.joined(List.of(times)));
        times = new Times();
        entries = 0;
        most = 0;
        count = 0;
        return counted;
    }
}
