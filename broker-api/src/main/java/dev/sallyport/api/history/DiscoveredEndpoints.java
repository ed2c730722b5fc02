package dev.sallyport.api.history;

import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Directory;
import dev.sallyport.store.Discoveries;
import dev.sallyport.store.Discoveries.Discovery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Proven workloads that no agent is bound to; whoever may ask is for the routes around these to decide. */
public final class DiscoveredEndpoints {

    private static final int DEFAULT_LIMIT = 50;
    private static final int BATCH = 500;

    /** How many one page looks at, most of which may have got an agent meanwhile. */
    private static final int SCAN = 4 * BATCH;

    private static final Set<String> FILTERS = Set.of("provider", "from", "to");
    private static final Set<String> KNOWN = Set.of("provider", "from", "to", "limit", "cursor");

    private final Discoveries discoveries;
    private final Supplier<Directory> directory;

    private DiscoveredEndpoints(Discoveries discoveries, Supplier<Directory> directory) {
        this.discoveries = discoveries;
        this.directory = directory;
    }

    /**
     * The list; it throws {@link Invalid} with the parameter that is wrong.
     *
     * @param directory the newest: who has an agent by it is not shown
     */
    public static RouterFunction<ServerResponse> routes(Discoveries discoveries, Supplier<Directory> directory) {
        return RouterFunctions.route()
                .GET("/v1/discovered", new DiscoveredEndpoints(discoveries, directory)::list)
                .build();
    }

    private ServerResponse list(ServerRequest request) {
        Parameters given = Parameters.of(request, KNOWN);
        Discoveries.Query query = query(given);
        String scope = IssuanceFilters.scope("discovered", FILTERS, given);
        Page page = page(query, Cursor.index(given, scope), given.limit(DEFAULT_LIMIT));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", page.items);
        if (page.next > 0) {
            body.put("next", Cursor.encode(scope, Long.toString(page.next)));
        }
        return IssuanceEndpoints.json(body);
    }

    private static Discoveries.Query query(Parameters given) {
        Instant from = IssuanceFilters.instant("from", given);
        Instant to = IssuanceFilters.instant("to", given);
        Invalid.unless(from == null || to == null || from.isBefore(to), "to", "must be after from");
        return new Discoveries.Query(
                given.text("provider")
                        .map(name -> IssuanceFilters.name("provider", name))
                        .orElse(null),
                from,
                to);
    }

    /**
     * What is shown.
     *
     * @param next what the next page is below; 0 where this is the last
     */
    private record Page(List<Map<String, @Nullable Object>> items, long next) {}

    private Page page(Discoveries.Query query, long before, int limit) {
        Directory live = directory.get();
        List<Map<String, @Nullable Object>> items = new ArrayList<>();
        long next = before;
        for (int looked = 0; looked < SCAN; looked += BATCH) {
            List<Discovery> batch = discoveries.list(query, next, BATCH);
            for (Discovery each : batch) {
                if (items.size() == limit) {
                    return new Page(items, next);
                }
                next = each.first();
                Map<?, ?> attestation = attestation(each);
                if (!live.binds(each.provider(), claims(attestation))) {
                    items.add(item(each, attestation));
                }
            }
            if (batch.size() < BATCH) {
                return new Page(items, 0);
            }
        }
        return new Page(items, next);
    }

    private static Map<?, ?> attestation(Discovery discovery) {
        return IssuanceView.object(discovery.detail()).get("attestation") instanceof Map<?, ?> found ? found : Map.of();
    }

    private static Claims claims(Map<?, ?> attestation) {
        Map<String, Claims.Value> values = new TreeMap<>();
        if (attestation.get("claims") instanceof Map<?, ?> claims) {
            claims.forEach((name, value) -> values.put(String.valueOf(name), value(value)));
        }
        return Claims.of(values);
    }

    private static Claims.Value value(@Nullable Object json) {
        return json instanceof List<?> list
                ? new Claims.Many(list.stream().map(String::valueOf).toList())
                : new Claims.One(String.valueOf(json));
    }

    private static Map<String, @Nullable Object> item(Discovery discovery, Map<?, ?> attestation) {
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        item.put("provider", discovery.provider());
        item.put("type", attestation.get("type"));
        item.put("subject", attestation.get("subject"));
        item.put("claims", attestation.get("claims"));
        item.put("firstSeen", discovery.firstSeen().toString());
        item.put("lastSeen", discovery.lastSeen().toString());
        item.put("count", discovery.count());
        return IssuanceView.known(item);
    }
}
