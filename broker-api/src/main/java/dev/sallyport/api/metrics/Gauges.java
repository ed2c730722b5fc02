package dev.sallyport.api.metrics;

import dev.sallyport.core.StateSource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** Shows values that are asked for at each scrape: what is given must answer from memory. */
public final class Gauges {

    private final MeterRegistry registry;

    public Gauges(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows which state decides. */
    public void state(StateSource states) {
        gauge(
                "sallyport.state.epoch",
                "epoch of the state in memory",
                () -> states.current().epoch());
        gauge(
                "sallyport.state.revision",
                "revision of the documents in memory",
                () -> states.current().revision());
    }

    /** Shows how many entries wait for the appender. */
    public void queue(IntSupplier entries) {
        gauge("sallyport.log.queue.entries", "entries that wait to be appended", entries::getAsInt);
    }

    /**
     * Shows how far the query tables are behind the log.
     *
     * @param entries how many entries they lack
     * @param seconds the age of the oldest entry that they lack, 0 if none
     */
    public void lag(DoubleSupplier entries, DoubleSupplier seconds) {
        gauge("sallyport.projection.lag.entries", "entries that the query tables lack", entries);
        gauge("sallyport.projection.lag.seconds", "age of the oldest entry that the query tables lack", seconds);
    }

    /** Shows whether something keeps checkpoints from being signed. */
    public void checkpoints(BooleanSupplier stuck) {
        gauge(
                "sallyport.log.checkpoint.problem",
                "1 while no checkpoint is signed since the log does not fit together",
                () -> stuck.getAsBoolean() ? 1 : 0);
    }

    /**
     * Shows how the log gets to where it is sent.
     *
     * @param entries how many entries the receiver lacks
     * @param failures how often they could not be handed over
     */
    public void delivery(DoubleSupplier entries, DoubleSupplier failures) {
        gauge("sallyport.push.lag.entries", "entries that the receiver of the log lacks", entries);
        FunctionCounter.builder("sallyport.push.failures", failures, DoubleSupplier::getAsDouble)
                .description("failed attempts to hand entries to the receiver of the log")
                .register(registry);
    }

    private void gauge(String name, String meaning, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble).description(meaning).register(registry);
    }
}
