package dev.sallyport.api.admin;

import dev.sallyport.api.admin.Tightening.Proven;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.DocumentSet.Held;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.PostgresStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * What of the policies nobody has used for some days, and the policies without that.
 *
 * <p>It shows policies and history, so that it takes the scopes of both. One question at a time is answered, since it reads all that
 * was logged in these days.
 */
public final class UnusedEndpoint {

    private static final String PATH = "/v1/access/unused";
    private static final int PAGE = 100;
    private static final int MOST_DAYS = 366;

    private final LiveState state;
    private final StateCompiler compiler;
    private final PostgresStore store;
    private final InstantSource clock;
    private final Semaphore room = new Semaphore(1);

    private UnusedEndpoint(LiveState state, StateCompiler compiler, PostgresStore store, InstantSource clock) {
        this.state = state;
        this.compiler = compiler;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Its route, behind the scopes that it needs.
     *
     * @param logged sees to it that whoever reads the history stands in the log
     */
    public static RouterFunction<ServerResponse> routes(
            LiveState state,
            StateCompiler compiler,
            PostgresStore store,
            InstantSource clock,
            HandlerFilterFunction<ServerResponse, ServerResponse> logged) {
        UnusedEndpoint endpoint = new UnusedEndpoint(state, compiler, store, clock);
        return RouterFunctions.route()
                .GET(PATH, endpoint::unused)
                .build()
                .filter(logged)
                .filter((request, next) -> {
                    Caller.of(request).requireAll(List.of(Scopes.POLICY_READ, Scopes.AUDIT_READ));
                    return next.handle(request);
                });
    }

    private ServerResponse unused(ServerRequest request) {
        Parameters given = Parameters.of(request, Set.of("days", "young", "limit", "cursor"));
        int days = days(given);
        boolean young = given.flag("young");
        String scope = "unused " + days + " " + young;
        String after =
                given.text("cursor").map(cursor -> Cursor.decode(cursor, scope)).orElse("");
        int limit = given.limit(PAGE);
        if (!room.tryAcquire()) {
            throw new Problem(
                    503, "busy", "another such question is being answered", Map.of(), Map.of("Retry-After", "10"));
        }
        try {
            Loaded now = state.fresh();
            List<Held> found = now.documents().after(Kind.POLICY, after, limit + 1);
            List<Held> page = found.subList(0, Math.min(limit, found.size()));
            Instant to = clock.instant();
            Tightening tightening = new Tightening(now, to.minus(Duration.ofDays(days)), young);
            Proven proven = tightening.run(page, store, compiler);
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("revision", now.documents().revision());
            body.put("days", days);
            body.put("to", to.toString());
            body.putAll(UnusedView.of(proven));
            if (found.size() > limit) {
                body.put("next", Cursor.encode(scope, page.getLast().document().name()));
            }
            return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
        } finally {
            room.release();
        }
    }

    private static int days(Parameters given) {
        String text = given.text("days").orElse("30");
        Invalid.unless(
                text.matches("[1-9][0-9]{0,2}") && Integer.parseInt(text) <= MOST_DAYS,
                "days",
                "must be a number from 1 to " + MOST_DAYS);
        return Integer.parseInt(text);
    }
}
