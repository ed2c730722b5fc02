package dev.sallyport.api.admin;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.core.State;
import dev.sallyport.core.attest.Enrolments.Enrolment;
import dev.sallyport.store.StoredEnrolments;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The machines of a trust provider and the key that each is bound to: who they are, and how one is given up. */
public final class EnrolmentEndpoints {

    private static final int PAGE = 100;

    private final LiveState state;
    private final StoredEnrolments enrolments;

    private EnrolmentEndpoints(LiveState state, StoredEnrolments enrolments) {
        this.state = state;
        this.enrolments = enrolments;
    }

    /**
     * The routes.
     *
     * @param logged sees to it that whoever reads them stands in the log
     */
    public static RouterFunction<ServerResponse> routes(
            LiveState state,
            StoredEnrolments enrolments,
            HandlerFilterFunction<ServerResponse, ServerResponse> logged) {
        EnrolmentEndpoints endpoints = new EnrolmentEndpoints(state, enrolments);
        String list = "/v1/" + Kind.TRUST_PROVIDER.path() + "/{name}/enrolments";
        RouterFunction<ServerResponse> reading = RouterFunctions.route()
                .GET(list, endpoints::list)
                .build()
                .filter(logged)
                .filter(Caller.with(Scopes.AUDIT_READ, Scopes.DIRECTORY_READ));
        RouterFunction<ServerResponse> writing = RouterFunctions.route()
                .DELETE(list + "/{instance}", endpoints::reset)
                .filter(Caller.with(Scopes.SYSTEM_WRITE))
                .build();
        return reading.and(writing).filter(new Problems());
    }

    private ServerResponse list(ServerRequest request) {
        Parameters given = Parameters.of(request, Set.of("limit", "cursor"));
        String provider = provider(request);
        String scope = "enrolments " + provider;
        String after =
                given.text("cursor").map(cursor -> Cursor.decode(cursor, scope)).orElse("");
        int limit = given.limit(PAGE);
        List<Enrolment> found = enrolments.list(provider, after, limit + 1);
        List<Enrolment> page = found.subList(0, Math.min(limit, found.size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", page.stream().map(EnrolmentEndpoints::shown).toList());
        if (found.size() > limit) {
            body.put("next", Cursor.encode(scope, page.getLast().instance()));
        }
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }

    private ServerResponse reset(ServerRequest request) {
        Parameters.of(request, Set.of());
        long epoch = enrolments
                .reset(
                        request.pathVariable("name"),
                        request.pathVariable("instance"),
                        Caller.of(request).author())
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such enrolment"));
        State _ = state.atLeast(epoch);
        return ServerResponse.noContent().build();
    }

    private String provider(ServerRequest request) {
        String name = request.pathVariable("name");
        if (state.fresh().documents().find(Kind.TRUST_PROVIDER, name).isEmpty()) {
            throw new Problem(404, "not-found", "there is no such trust-provider");
        }
        return name;
    }

    private static Map<String, Object> shown(Enrolment enrolment) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("instance", enrolment.instance());
        shown.put("jkt", enrolment.jkt());
        shown.put("way", enrolment.way().label());
        shown.put("created", enrolment.created().toString());
        return shown;
    }
}
