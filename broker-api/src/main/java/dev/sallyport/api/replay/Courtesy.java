package dev.sallyport.api.replay;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Lets whoever asks for tokens go first: while entries wait for the log, a replay rests as long as it has worked. */
final class Courtesy implements Watch {

    private static final long MOST = Duration.ofMillis(100).toNanos();

    private final IntSupplier waiting;
    private final LongSupplier nanoTime;
    private long rested;

    /**
     * Looks at a queue.
     *
     * @param waiting how many entries wait
     */
    Courtesy(IntSupplier waiting, LongSupplier nanoTime) {
        this.waiting = waiting;
        this.nanoTime = nanoTime;
        this.rested = nanoTime.getAsLong();
    }

    @Override
    public boolean goesOn(long scanned, long of) {
        try {
            if (waiting.getAsInt() > 0) {
                TimeUnit.NANOSECONDS.sleep(Math.min(MOST, nanoTime.getAsLong() - rested));
            }
            rested = nanoTime.getAsLong();
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
