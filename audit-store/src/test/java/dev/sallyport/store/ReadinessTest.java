package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadinessTest {

    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);
    private final Readiness readiness = new Readiness(nanoTime::get);

    @Test
    void a_failure_counts_until_the_next_success() {
        assertThat(readiness.problem()).isEmpty();
        readiness.bad("the clock is off");
        readiness.bad("the log is not available");
        assertThat(readiness.problem()).contains("the log is not available");
        readiness.good();
        assertThat(readiness.problem()).isEmpty();
    }

    @Test
    void an_appender_that_has_not_been_heard_of_for_long_is_stuck() {
        nanoTime.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(readiness.problem()).isEmpty();
        nanoTime.incrementAndGet();
        assertThat(readiness.problem()).contains("the appender is stuck");
        readiness.good();
        assertThat(readiness.problem()).isEmpty();
    }
}
