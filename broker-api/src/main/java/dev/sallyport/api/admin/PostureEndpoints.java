package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.live.PostureFeed;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.PostureFact;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** What others say of agents and their hosts: facts with an expiry, each writer's own. */
public final class PostureEndpoints {

    private static final int MAX_BODY = 32 * 1024;
    private static final List<String> READING = List.of(Scopes.DIRECTORY_READ, Scopes.POSTURE_WRITE);
    private static final String ONE = "/v1/posture/{agent}";

    private final LiveState state;
    private final PostgresStore store;
    private final PostureFeed feed;
    private final InstantSource clock;

    public PostureEndpoints(LiveState state, PostgresStore store, PostureFeed feed, InstantSource clock) {
        this.state = state;
        this.store = store;
        this.feed = feed;
        this.clock = clock;
    }

    /** Its routes, each with its guard. */
    public RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route().PUT(ONE, this::say).GET(ONE, this::show).build();
    }

    /** A scope for each attribute, or the one for all; so a writer can be held to what it knows of. */
    private ServerResponse say(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Caller caller = Caller.of(request);
        caller.requireAnyOrFamily(Scopes.POSTURE_WRITE);
        Body body = Body.of(request, MAX_BODY);
        Said said = Documents.readRequest(body.bytes(), body.format(), Said.class);
        if (!caller.may(Scopes.POSTURE_WRITE)) {
            caller.requireAll(said.attributes().keySet().stream()
                    .map(attribute -> Scopes.POSTURE_WRITE + ":" + attribute)
                    .toList());
        }
        String agent = agent(request);
        Instant expires = clock.instant().plus(said.lifetime());
        feed.atLeast(store.changes().say(agent, said.values(), expires, caller.author()));
        return answer(agent, caller);
    }

    private ServerResponse show(ServerRequest request) {
        Parameters.of(request, Set.of());
        Caller caller = Caller.of(request);
        caller.requireAny(READING);
        return answer(agent(request), caller);
    }

    /** Who may speak of single attributes sees its own word only. */
    private ServerResponse answer(String agent, Caller caller) {
        Instant now = clock.instant();
        boolean all = READING.stream().anyMatch(caller::may);
        List<Map<String, Object>> facts = store.posture(agent).stream()
                .filter(fact -> all || fact.writer().equals(caller.agent()))
                .map(fact -> json(fact, now))
                .toList();
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(Map.of("agent", agent, "facts", facts));
    }

    private static Map<String, Object> json(PostureFact fact, Instant now) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("attribute", fact.attribute());
        json.put("value", fact.value());
        json.put("writer", fact.writer());
        json.put("expires", fact.expires().toString());
        json.put("expired", !fact.expires().isAfter(now));
        json.put("index", fact.entry());
        return json;
    }

    private String agent(ServerRequest request) {
        String name = request.pathVariable("agent");
        if (state.fresh().documents().find(Kind.AGENT, name).isEmpty()) {
            throw new Problem(404, "not-found", "there is no such agent");
        }
        return name;
    }
}
