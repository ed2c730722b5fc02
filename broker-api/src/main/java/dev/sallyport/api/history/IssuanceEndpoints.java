package dev.sallyport.api.history;

import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.store.Issuances;
import dev.sallyport.store.Issuances.Page;
import dev.sallyport.store.TooBroad;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The history of access attempts, for auditors; whoever may ask is for the routes around these to decide. */
public final class IssuanceEndpoints {

    private final Issuances issuances;

    private IssuanceEndpoints(Issuances issuances) {
        this.issuances = issuances;
    }

    /**
     * The list, the counts, and the single attempt; all throw {@link dev.sallyport.core.Invalid} with the parameter that is wrong.
     *
     * @param clock tells which time the latest counts end at
     */
    public static RouterFunction<ServerResponse> routes(Issuances issuances, InstantSource clock) {
        IssuanceEndpoints endpoints = new IssuanceEndpoints(issuances);
        return RouterFunctions.route()
                .GET("/v1/issuances", endpoints::list)
                .GET("/v1/issuances/counts", new CountEndpoint(issuances, clock)::count)
                .GET("/v1/issuances/{id}", endpoints::single)
                .build();
    }

    private ServerResponse list(ServerRequest request) {
        ListRequest asked = ListRequest.of(request);
        Page page = page(asked);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", page.items().stream().map(IssuanceView::item).toList());
        if (page.next() > 0) {
            body.put("next", asked.cursor(page.next()));
        }
        return json(body);
    }

    private Page page(ListRequest asked) {
        try {
            return issuances.list(asked.query(), asked.before(), asked.limit());
        } catch (TooBroad e) {
            throw CountEndpoint.tooBroad();
        }
    }

    private ServerResponse single(ServerRequest request) {
        return Parameters.uuid(request, "id")
                .flatMap(issuances::find)
                .map(found -> json(IssuanceView.whole(found)))
                .orElseThrow(this::unknown);
    }

    private Problem unknown() {
        long first = issuances.first();
        String detail = "there is no such issuance";
        return new Problem(
                404,
                "not-found",
                first == 0 ? detail : detail + " from entry " + first + " on; those before have been archived");
    }

    static ServerResponse json(Map<String, ? extends @Nullable Object> body) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(body);
    }
}
