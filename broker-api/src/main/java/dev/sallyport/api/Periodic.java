package dev.sallyport.api;

import dev.sallyport.core.Unavailable;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task again and again, and another one at the end. */
final class Periodic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Periodic.class);

    private final Runnable last;
    private final ScheduledFuture<?> endless;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("periodic").factory());

    Periodic(Duration period, Runnable task, Runnable last) {
        this.last = last;
        this.endless =
                timer.scheduleAtFixedRate(() -> run(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Unavailable e) {
            LOG.warn("put off: {}", e.what());
        } catch (RuntimeException e) {
            LOG.error("a task that runs again and again failed", e);
        }
    }

    @Override
    public void close() {
        endless.cancel(false);
        timer.shutdown();
        run(last);
    }
}
