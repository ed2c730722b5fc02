package dev.sallyport.api.history;

import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.policy.ClaimUses.Use;
import dev.sallyport.store.Attestations;
import dev.sallyport.store.Attestations.Sample;
import dev.sallyport.store.TooBroad;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Whether platforms still send the claims that bindings and conditions rely on; whoever may ask is for the routes around these to
 * decide.
 */
public final class ClaimDriftEndpoint {

    private static final String BY_DEFAULT = "30";

    private final Attestations attestations;
    private final Supplier<Loaded> state;
    private final InstantSource clock;
    private final Semaphore place = new Semaphore(1);

    private ClaimDriftEndpoint(Attestations attestations, Supplier<Loaded> state, InstantSource clock) {
        this.attestations = attestations;
        this.state = state;
        this.clock = clock;
    }

    /**
     * The route.
     *
     * @param state the newest
     */
    public static RouterFunction<ServerResponse> routes(
            Attestations attestations, Supplier<Loaded> state, InstantSource clock) {
        return RouterFunctions.route()
                .GET("/v1/claim-drift", new ClaimDriftEndpoint(attestations, state, clock)::drift)
                .build();
    }

    private ServerResponse drift(ServerRequest request) {
        String days = Parameters.of(request, Set.of("days")).text("days").orElse(BY_DEFAULT);
        Invalid.unless(
                days.matches("[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-6]"), "days", "must be a number from 1 to 366");
        if (!place.tryAcquire()) {
            throw new Problem(429, "busy", "this is being found out already", Map.of(), Map.of("Retry-After", "5"));
        }
        try {
            return IssuanceEndpoints.json(body(Duration.ofDays(Long.parseLong(days))));
        } catch (TooBroad e) {
            throw CountEndpoint.tooBroad();
        } finally {
            place.release();
        }
    }

    private Map<String, Object> body(Duration window) {
        SortedMap<String, SortedMap<String, Use>> uses = state.get().claimUses().byProvider();
        Instant to = clock.instant().plusSeconds(1);
        Instant from = to.minus(window);
        ClaimDrift drift = new ClaimDrift();
        uses.forEach((provider, claims) -> claims.keySet().forEach(claim -> drift.watch(provider, claim)));
        Sample sample = attestations.read(from, to, drift::take);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("from", from.toString());
        body.put("to", to.toString());
        body.put("attestationsRead", sample.read());
        body.put("complete", sample.complete());
        body.put(
                "items",
                uses.entrySet().stream()
                        .map(each -> item(each.getKey(), each.getValue(), drift))
                        .toList());
        return body;
    }

    private static Map<String, Object> item(String provider, SortedMap<String, Use> claims, ClaimDrift drift) {
        List<Map<String, Object>> shown = new ArrayList<>();
        claims.forEach((claim, use) -> {
            Map<String, Object> one = drift.shown(provider, claim);
            one.put("usedBy", Map.of("agents", use.agents(), "policies", use.policies()));
            shown.add(one);
        });
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("provider", provider);
        item.put("attestations", drift.attestations(provider));
        item.put("claims", shown);
        return item;
    }
}
