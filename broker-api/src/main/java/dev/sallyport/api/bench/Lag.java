package dev.sallyport.api.bench;

import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.ProjectionLag;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Watches how far the projector is behind, until it is interrupted. */
final class Lag implements Runnable {

    private static final long LOOK_EVERY = Duration.ofMillis(20).toNanos();

    private final PostgresStore store;
    private long entries;
    private Duration age = Duration.ZERO;

    Lag(PostgresStore store) {
        this.store = store;
    }

    @Override
    public void run() {
        try {
            while (true) {
                look(store.projectionLag());
                TimeUnit.NANOSECONDS.sleep(LOOK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look(ProjectionLag lag) {
        entries = Math.max(entries, lag.entries());
        age = lag.age().compareTo(age) > 0 ? lag.age() : age;
    }

    /** How many entries it was behind at most, as it knew itself. */
    synchronized long entries() {
        return entries;
    }

    /** How old the state was that it had reached, at most. */
    synchronized double seconds() {
        return age.toNanos() / 1e9;
    }
}
