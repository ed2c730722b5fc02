package dev.sallyport.api.history;

import dev.sallyport.api.web.Problem;
import dev.sallyport.store.Counts;
import dev.sallyport.store.Issuances;
import dev.sallyport.store.TooBroad;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Counts access attempts; a few questions at once, for each may keep the database busy for seconds. */
final class CountEndpoint {

    private static final int MOST_AT_ONCE = 4;

    private final Issuances issuances;
    private final InstantSource clock;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    CountEndpoint(Issuances issuances, InstantSource clock) {
        this.issuances = issuances;
        this.clock = clock;
    }

    ServerResponse count(ServerRequest request) {
        CountRequest asked = CountRequest.of(request, clock);
        if (!places.tryAcquire()) {
            throw new Problem(
                    429, "busy", MOST_AT_ONCE + " counts are running already", Map.of(), Map.of("Retry-After", "2"));
        }
        try {
            return IssuanceEndpoints.json(body(asked, issuances.count(asked.query(), asked.by())));
        } catch (TooBroad e) {
            throw tooBroad();
        } finally {
            places.release();
        }
    }

    /** What took too long can be asked in parts. */
    static Problem tooBroad() {
        return new Problem(400, "too-broad", "this takes too long: narrow the range of time, or filter by more");
    }

    private static Map<String, Object> body(CountRequest asked, Counts counts) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("by", asked.names());
        body.put("from", String.valueOf(asked.query().from()));
        body.put("to", String.valueOf(asked.query().to()));
        body.put(
                "items",
                counts.groups().stream()
                        .map(group -> item(asked.names(), group))
                        .toList());
        body.put("truncated", counts.truncated());
        return body;
    }

    private static Map<String, @Nullable Object> item(List<String> names, Counts.Group group) {
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            item.put(names.get(i), group.values().get(i));
        }
        item.put("count", group.count());
        return IssuanceView.known(item);
    }
}
