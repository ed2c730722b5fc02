package dev.sallyport.api.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void a_percentile_is_a_time_that_was_measured_by_nearest_rank() {
        Latencies hundred = new Latencies(
                LongStream.rangeClosed(1, 100).map(i -> (101 - i) * 1_000_000).toArray());

        assertThat(hundred.millis(50)).isEqualTo(50);
        assertThat(hundred.millis(99)).isEqualTo(99);
        assertThat(hundred.millis(99.5)).isEqualTo(100);
        assertThat(hundred.millis(100)).isEqualTo(100);
        assertThat(hundred.millis(0)).isEqualTo(1);
    }

    @Test
    void of_one_answer_every_percentile_is_its_time() {
        Latencies one = new Latencies(new long[] {1_500_000});

        assertThat(one.millis(50)).isEqualTo(1.5);
        assertThat(one.millis(99)).isEqualTo(1.5);
    }

    @Test
    void of_no_answer_there_is_no_percentile() {
        assertThat(new Latencies(new long[0]).millis(50)).isNaN();
    }
}
