package dev.sallyport.api;

import dev.sallyport.store.PostgresStore;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Down while the log takes no entries: this replica can't issue then, and another one perhaps can. */
final class LogHealth implements HealthIndicator {

    private final PostgresStore store;

    LogHealth(PostgresStore store) {
        this.store = store;
    }

    @Override
    public Health health() {
        return store.problem()
                .map(problem -> Health.down().withDetail("problem", problem).build())
                .orElseGet(() -> Health.up().build());
    }
}
