package dev.sallyport.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How fast one may call. */
class CallRatesTest {

    private static final long START = Long.MAX_VALUE - 1_000; // a monotonic clock may overflow

    private long now = START;
    private final CallRates rates = new CallRates(5, () -> now);

    @Test
    void ten_seconds_worth_at_once_and_then_so_many_a_second() {
        for (int i = 0; i < 50; i++) {
            assertThat(rates.take("alice")).isNull();
        }
        assertThat(rates.take("alice")).isEqualTo(Duration.ofMillis(200));
        now += Duration.ofMillis(199).toNanos();
        assertThat(rates.take("alice")).isEqualTo(Duration.ofMillis(1));
        now += Duration.ofMillis(1).toNanos();
        assertThat(rates.take("alice")).isNull();
        assertThat(rates.take("alice")).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void one_callers_haste_is_not_anothers() {
        for (int i = 0; i < 60; i++) {
            rates.take("alice");
        }
        assertThat(rates.take("alice")).isNotNull();
        assertThat(rates.take("bob")).isNull();
    }

    @Test
    void strangers_without_number_fill_no_memory_and_make_way_when_they_pause() {
        for (int i = 0; i < 30_000; i++) {
            rates.take("stranger-" + i);
        }
        assertThat(rates.size()).isLessThanOrEqualTo(10_001);
        assertThat(rates.take("one more")).isNotNull();
        now += Duration.ofSeconds(11).toNanos();
        assertThat(rates.take("one more")).isNull();
        assertThat(rates.size()).isLessThan(10);
    }

    @Test
    void nothing_is_bounded_where_nobody_wants_it() {
        CallRates none = new CallRates(0, () -> now);
        for (int i = 0; i < 1_000; i++) {
            assertThat(none.take("alice")).isNull();
        }
    }
}
