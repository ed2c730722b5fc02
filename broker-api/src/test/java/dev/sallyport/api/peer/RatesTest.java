package dev.sallyport.api.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often one may. */
class RatesTest {

    private static final long START = Long.MAX_VALUE - 1_000; // a monotonic clock may overflow

    private long now = START;
    private final Rates rates = new Rates(5, () -> now);

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
    void what_is_added_counts_though_there_was_no_room_and_looking_takes_none() {
        for (int i = 0; i < 49; i++) {
            rates.add("alice");
        }
        assertThat(rates.lacking("alice")).isNull();
        assertThat(rates.lacking("alice")).isNull();
        rates.add("alice");
        assertThat(rates.lacking("alice")).isEqualTo(Duration.ofMillis(200));
        rates.add("alice");
        assertThat(rates.lacking("alice")).isEqualTo(Duration.ofMillis(400));
        assertThat(rates.lacking("bob")).isNull();
        now += Duration.ofMillis(400).toNanos();
        assertThat(rates.lacking("alice")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8::1, 2001:db8::ffff:1, true",
        "2001:db8::1, 2001:db8:0:1::1, false",
        "2001:db8::1, 192.0.2.1, false"
    })
    void one_caller_is_one_address_or_one_network_of_version_six(String one, String other, boolean same) {
        assertThat(new Peer(one, null).network().equals(new Peer(other, null).network()))
                .isEqualTo(same);
    }

    @Test
    void nothing_is_bounded_where_nobody_wants_it() {
        Rates none = new Rates(0, () -> now);
        for (int i = 0; i < 1_000; i++) {
            none.add("alice");
            assertThat(none.take("alice")).isNull();
            assertThat(none.lacking("alice")).isNull();
        }
    }
}
