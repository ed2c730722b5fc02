package dev.sallyport.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what is turned away before anything of it is looked at. */
public final class EdgeMetrics {

    private final Counter slowed;

    public EdgeMetrics(MeterRegistry registry) {
        this.slowed = Counter.builder("sallyport.addresses.slowed")
                .description("requests turned away since others from their address kept failing")
                .register(registry);
    }

    /** A request was turned away since others from its address kept failing. */
    public void slowed() {
        slowed.increment();
    }
}
