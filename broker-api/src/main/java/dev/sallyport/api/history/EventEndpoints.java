package dev.sallyport.api.history;

import dev.sallyport.store.Events;
import dev.sallyport.store.Events.Page;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Everything in the log, for auditors; whoever may ask is for the routes around these to decide. */
public final class EventEndpoints {

    private final Events events;

    private EventEndpoints(Events events) {
        this.events = events;
    }

    /** The list and the export; both throw {@link dev.sallyport.core.Invalid} with the parameter that is wrong. */
    public static RouterFunction<ServerResponse> routes(Events events) {
        EventEndpoints endpoints = new EventEndpoints(events);
        return RouterFunctions.route()
                .GET("/v1/events", endpoints::list)
                .GET("/v1/events/export", new EventExport(events)::export)
                .build();
    }

    private ServerResponse list(ServerRequest request) {
        EventRequest asked = EventRequest.of(request);
        Page page = events.list(asked.query(), asked.before(), asked.limit());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "items",
                page.items().stream()
                        .map(entry -> EventView.item(entry, asked.raw()))
                        .toList());
        if (page.next() > 0) {
            body.put("next", asked.cursor(page.next()));
        } else {
            putArchived(body);
        }
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(body);
    }

    /** Says on the last page that the log begins earlier. */
    private void putArchived(Map<String, Object> body) {
        long first = events.first();
        if (first > 0) {
            body.put("archivedBefore", first);
        }
    }
}
