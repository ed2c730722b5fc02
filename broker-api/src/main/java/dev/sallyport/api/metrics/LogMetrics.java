package dev.sallyport.api.metrics;

import dev.sallyport.store.AppendObserver;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Measures the batches that the log is appended in. */
public final class LogMetrics implements AppendObserver {

    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

    private final DistributionSummary entries;
    private final Timer commit;

    public LogMetrics(MeterRegistry registry) {
        this.entries = DistributionSummary.builder("sallyport.log.batch")
                .baseUnit("entries")
                .description("entries that were committed together")
                .serviceLevelObjectives(SIZES)
                .register(registry);
        this.commit = Buckets.timer("sallyport.log.commit", "time that the database took to append a batch, durably")
                .register(registry);
    }

    @Override
    public void committed(int count, long nanos) {
        entries.record(count);
        commit.record(nanos, TimeUnit.NANOSECONDS);
    }
}
