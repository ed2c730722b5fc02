package dev.sallyport.api.replay;

import dev.sallyport.core.Unavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A replay under way. It ends by itself when nobody has waited for it for some seconds, and when its time is over. */
public final class RunningReplay implements Watch {

    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

    private final CompletableFuture<ReplayResult> result = new CompletableFuture<>();
    private final LongSupplier nanoTime;
    private final long started;
    private final long atMost;
    private volatile long heard;
    private volatile boolean stopped;
    private volatile long scanned;
    private volatile long of;

    RunningReplay(Duration atMost, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.heard = started;
        this.atMost = atMost.toNanos();
    }

    @Override
    public boolean goesOn(long looked, long inAll) {
        scanned = looked;
        of = inAll;
        long now = nanoTime.getAsLong();
        return !stopped && now - heard < PATIENCE && now - started < atMost;
    }

    /** Does the work in the calling thread. */
    void finish(Supplier<ReplayResult> work) {
        try {
            result.complete(work.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /**
     * Waits for the result; empty where it is not there by then.
     *
     * @throws Unavailable where the database can't answer
     */
    public Optional<ReplayResult> await(Duration patience) {
        heard = nanoTime.getAsLong();
        try {
            return Optional.of(result.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Unavailable("the broker is stopping");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException broken) {
                throw broken;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Waits for the end, which its time bounds. */
    public ReplayResult result(Duration step) {
        Optional<ReplayResult> done = await(step);
        while (done.isEmpty()) {
            done = await(step);
        }
        return done.get();
    }

    /** Nobody wants to know any more. */
    public void stop() {
        stopped = true;
    }

    /** How many entries have been looked at. */
    public long scanned() {
        return scanned;
    }

    /** How many there are in all; 0 before that is known. */
    public long of() {
        return of;
    }
}
