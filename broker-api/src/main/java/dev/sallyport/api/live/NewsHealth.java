package dev.sallyport.api.live;

import dev.sallyport.core.live.Freshness;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Down while this replica may have missed a change: it answers no live question then. */
public final class NewsHealth implements HealthIndicator {

    private final Freshness freshness;

    public NewsHealth(Freshness freshness) {
        this.freshness = freshness;
    }

    @Override
    public Health health() {
        return (freshness.fresh() ? Health.up() : Health.down()).build();
    }
}
