package dev.sallyport.core.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Unavailable;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FreshnessTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);

    @Test
    void news_count_for_800_milliseconds_also_where_the_clock_wraps() {
        long polled = now.get();
        Freshness freshness = new Freshness(() -> OptionalLong.of(polled), now::get);

        freshness.require();
        now.addAndGet(Duration.ofMillis(800).toNanos());
        assertThat(freshness.fresh()).isTrue();
        now.incrementAndGet();
        assertThat(freshness.fresh()).isFalse();
        assertThatThrownBy(freshness::require).isInstanceOf(Unavailable.class);
    }

    @Test
    void nothing_is_fresh_before_the_first_news() {
        assertThat(new Freshness(OptionalLong::empty, now::get).fresh()).isFalse();
    }
}
