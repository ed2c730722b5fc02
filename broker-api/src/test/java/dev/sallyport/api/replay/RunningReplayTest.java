package dev.sallyport.api.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When a replay ends by itself. */
class RunningReplayTest {

    private final AtomicLong now = new AtomicLong();
    private final RunningReplay running = new RunningReplay(Duration.ofSeconds(60), now::get);

    @Test
    void it_ends_when_nobody_has_waited_for_some_seconds() {
        pass(4);
        assertThat(running.goesOn(1, 10)).isTrue();
        assertThat(running.await(Duration.ofMillis(1))).isEmpty();
        pass(4);
        assertThat(running.goesOn(2, 10)).isTrue();
        pass(2);
        assertThat(running.goesOn(3, 10)).isFalse();
    }

    @Test
    void it_ends_when_its_time_is_over_however_patient_its_caller_is() {
        for (int i = 0; i < 59; i++) {
            pass(1);
            assertThat(running.await(Duration.ofMillis(1))).isEmpty();
        }
        assertThat(running.goesOn(1, 10)).isTrue();
        pass(1);
        assertThat(running.goesOn(2, 10)).isFalse();
    }

    @Test
    void it_ends_when_its_caller_has_gone() {
        assertThat(running.goesOn(1, 10)).isTrue();
        running.stop();
        assertThat(running.goesOn(2, 10)).isFalse();
        assertThat(running.scanned()).isEqualTo(2);
        assertThat(running.of()).isEqualTo(10);
    }

    private void pass(int seconds) {
        long _ = now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
