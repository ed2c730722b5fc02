package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Keeps callers from waiting for a database that has just failed: after the second failure in a row, up to 1 s. */
final class BackOff {

    private static final long SHORTEST = Duration.ofMillis(50).toNanos();
    private static final long LONGEST = Duration.ofSeconds(1).toNanos();

    private long failedAt;
    private long pause;
    private boolean failing;

    /** Throws while it is too early to try again. */
    void check() {
        if (failing && System.nanoTime() - failedAt < pause) {
            throw new Unavailable("the log is not available");
        }
    }

    /** Waits until it is time to try again. */
    void await() throws InterruptedException {
        if (failing) {
            TimeUnit.NANOSECONDS.sleep(pause - (System.nanoTime() - failedAt));
        }
    }

    void failed() {
        pause = failing ? Math.clamp(pause * 2, SHORTEST, LONGEST) : 0;
        failing = true;
        failedAt = System.nanoTime();
    }

    void reset() {
        failing = false;
    }
}
