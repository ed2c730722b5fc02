package dev.sallyport.api.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Refusal;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetersTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void the_lag_of_the_projection_is_asked_for_at_each_scrape() {
        AtomicLong entries = new AtomicLong(7);
        new Gauges(registry).lag(entries::get, () -> 0.25);
        assertThat(registry.scrape())
                .contains("\nsallyport_projection_lag_entries 7.0\n", "\nsallyport_projection_lag_seconds 0.25\n");
        entries.set(0);
        assertThat(registry.scrape()).contains("\nsallyport_projection_lag_entries 0.0\n");
    }

    @Test
    void a_room_that_throws_is_timed_as_well() {
        IssuanceLog broken = (entry, epoch) -> {
            throw new Unavailable("the log is closed");
        };
        IssuanceLog timed = new TimedRooms(registry).timed(broken);
        Entry entry = new Entry(Instant.EPOCH, "key", "applied", null, Map.of());
        assertThatThrownBy(() -> timed.append(entry, 0)).isInstanceOf(Unavailable.class);
        assertThat(registry.scrape()).contains("sallyport_room_seconds_count{room=\"append\"} 1\n");
    }

    @Test
    void refusals_start_at_0_and_make_no_further_series() {
        TokenMetrics metrics = new TokenMetrics(registry);
        int before = registry.getMeters().size();
        assertThat(registry.scrape())
                .contains("{check=\"not_before\",outcome=\"refused\",reason=\"evidence\"} 0.0\n")
                .contains("{check=\"\",outcome=\"failed\",reason=\"none\"} 0.0\n");

        metrics.refused(new Refusal.TooLarge("text of a caller"), 1);
        metrics.refused(new Refusal.Malformed("parameter of a caller", "text"), 1);
        metrics.refused(new Refusal.OutOfReach("text"), 1);
        metrics.failed(1);

        assertThat(registry.getMeters()).hasSize(before);
        assertThat(registry.scrape())
                .contains("{check=\"\",outcome=\"malformed\",reason=\"malformed\"} 2.0\n")
                .contains("{check=\"\",outcome=\"failed\",reason=\"none\"} 1.0\n")
                .doesNotContain("caller");
    }
}
