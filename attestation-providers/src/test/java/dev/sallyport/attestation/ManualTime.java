package dev.sallyport.attestation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock that moves when told to; it starts below zero, as {@link System#nanoTime} may. */
final class ManualTime implements LongSupplier {

    private final AtomicLong now = new AtomicLong(-Duration.ofMinutes(1).toNanos());

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Override
    public long getAsLong() {
        return now.get();
    }
}
