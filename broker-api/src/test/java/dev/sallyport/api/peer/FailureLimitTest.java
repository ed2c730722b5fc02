package dev.sallyport.api.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureLimitTest {

    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());
    private final FailureLimit limit = new FailureLimit(2, nanos::get);

    @Test
    void the_failures_of_ten_seconds_may_come_at_once_and_then_so_many_a_second() {
        fail("192.0.2.1", 20);
        assertThat(limit.pause("192.0.2.1")).isZero();

        fail("192.0.2.1", 1);
        assertThat(limit.pause("192.0.2.1")).isEqualTo(Duration.ofMillis(500));
        passes(Duration.ofMillis(499));
        assertThat(limit.pause("192.0.2.1")).isPositive();
        passes(Duration.ofMillis(1));
        assertThat(limit.pause("192.0.2.1")).isZero();

        fail("192.0.2.1", 1);
        assertThat(limit.pause("192.0.2.1")).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8::1, 2001:db8::ffff:1, true",
        "2001:db8::1, 2001:db8:0:1::1, false",
        "::ffff:192.0.2.1, 192.0.2.1, false"
    })
    void one_caller_is_one_address_or_one_network_of_version_six(String one, String other, boolean same) {
        fail(one, 21);

        assertThat(limit.pause(other).isPositive()).isEqualTo(same);
    }

    @Test
    void what_is_paid_up_is_forgotten_and_newcomers_share_one_place_while_there_are_too_many() {
        for (int i = 0; i < FailureLimit.MAX_ADDRESSES + 30; i++) {
            limit.failed("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
        }
        assertThat(limit.size()).isEqualTo(FailureLimit.MAX_ADDRESSES + 1);
        assertThat(limit.pause("203.0.113.9")).isPositive();
        assertThat(limit.pause("10.0.0.1")).isZero();

        passes(Duration.ofSeconds(30));
        assertThat(limit.pause("203.0.113.9")).isZero();
        limit.failed("203.0.113.9");
        limit.failed("203.0.113.9");
        assertThat(limit.size()).isLessThan(3);
    }

    @Test
    void none_is_no_limit() {
        FailureLimit none = new FailureLimit(0, nanos::get);
        for (int i = 0; i < 10_000; i++) {
            none.failed("192.0.2.1");
        }

        assertThat(none.pause("192.0.2.1")).isZero();
    }

    private void fail(String ip, int times) {
        for (int i = 0; i < times; i++) {
            limit.failed(ip);
        }
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
