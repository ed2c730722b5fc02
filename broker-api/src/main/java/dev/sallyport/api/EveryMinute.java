package dev.sallyport.api;

import dev.sallyport.core.Unavailable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task once a minute, and perhaps a last time at the end. */
final class EveryMinute implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EveryMinute.class);

    private final Runnable task;
    private final boolean lastly;
    private final ScheduledFuture<?> endless;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("every-minute").factory());

    EveryMinute(Runnable task, boolean lastly) {
        this.task = task;
        this.lastly = lastly;
        this.endless = timer.scheduleAtFixedRate(this::run, 1, 1, TimeUnit.MINUTES);
    }

    private void run() {
        try {
            task.run();
        } catch (Unavailable e) {
            LOG.warn("put off for a minute: {}", e.what());
        } catch (RuntimeException e) {
            LOG.error("a task that runs every minute failed", e);
        }
    }

    @Override
    public void close() {
        endless.cancel(false);
        timer.shutdown();
        if (lastly) {
            run();
        }
    }
}
