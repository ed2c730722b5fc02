package dev.sallyport.api.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The bounds of every latency histogram: few, so that each label costs little. */
final class Buckets {

    private static final Duration[] LATENCY = {
        micros(10),
        micros(50),
        micros(100),
        micros(250),
        micros(500),
        micros(1_000),
        micros(2_500),
        micros(5_000),
        micros(10_000),
        micros(50_000),
        micros(250_000),
        micros(1_000_000),
        micros(5_000_000)
    };

    private Buckets() {}

    static Timer.Builder timer(String name, String meaning) {
        return Timer.builder(name).description(meaning).serviceLevelObjectives(LATENCY);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1_000);
    }
}
