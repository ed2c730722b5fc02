package dev.sallyport.api.decision;

import dev.sallyport.api.decision.PastPolicies.Revision;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.AccessChange;
import dev.sallyport.policy.AccessDiff;
import dev.sallyport.policy.AccessList;
import dev.sallyport.policy.AccessPage;
import dev.sallyport.policy.Realm;
import dev.sallyport.store.StoredRevisions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Who could reach what by the policies of a revision, and what another revision changes in that. */
public final class AccessEndpoints {

    private static final String LIST = "/v1/access";
    private static final List<String> SCOPES = List.of("policy:read", "directory:read");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    private final LiveState state;
    private final PastPolicies past;
    private final StoredRevisions revisions;

    /** Of the revision in force: many pages of one question are asked of it. */
    private volatile @Nullable Realm inForce;

    private AccessEndpoints(LiveState state, PastPolicies past, StoredRevisions revisions) {
        this.state = state;
        this.past = past;
        this.revisions = revisions;
    }

    /** Their routes, behind the scopes that they need: the answers tell what policies, agents and targets say. */
    public static RouterFunction<ServerResponse> routes(LiveState state, PastPolicies past, StoredRevisions revisions) {
        AccessEndpoints endpoints = new AccessEndpoints(state, past, revisions);
        return RouterFunctions.route()
                .GET(LIST, endpoints::list)
                .GET(LIST + "/diff", endpoints::diff)
                .filter((request, next) -> {
                    Caller.of(request).requireAll(SCOPES);
                    return next.handle(request);
                })
                .build();
    }

    private ServerResponse list(ServerRequest request) {
        Parameters given = AccessRequest.parameters(request, "revision");
        Loaded now = state.fresh();
        Revision revision = revision("revision", given, now);
        AccessRequest asked =
                AccessRequest.of(given, "access " + given.text("revision").orElse(""));
        AccessPage<Access> page =
                new AccessList(asked.of(realm(revision, now)), asked.action()).page(asked.after(), asked.limit());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("revision", revision.documents().revision());
        body.put(
                "items",
                page.items().stream().map(row -> AccessView.row(row, now)).toList());
        asked.cursor(page.next()).ifPresent(next -> body.put("next", next));
        return answer(body);
    }

    private ServerResponse diff(ServerRequest request) {
        Parameters given = AccessRequest.parameters(request, "from", "to");
        Loaded now = state.fresh();
        Invalid.unless(given.text("from").isPresent(), "from", "is missing");
        Revision from = revision("from", given, now);
        Revision to = revision("to", given, now);
        AccessRequest asked = AccessRequest.of(
                given,
                "access diff " + from.documents().revision() + " "
                        + to.documents().revision());
        AccessPage<AccessChange> page = new AccessDiff(
                        asked.in(realm(from, now)), asked.in(realm(to, now)), asked.action())
                .page(asked.after(), asked.limit());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("from", from.documents().revision());
        body.put("to", to.documents().revision());
        body.put("items", page.items().stream().map(AccessView::change).toList());
        asked.cursor(page.next()).ifPresent(next -> body.put("next", next));
        return answer(body);
    }

    /** The revision that a parameter names; the one in force where it is not given. */
    private Revision revision(String parameter, Parameters given, Loaded now) {
        Optional<String> number = given.text(parameter);
        if (number.isEmpty()) {
            return past.at(now.documents().revision());
        }
        return number.filter(text -> NUMBER.matcher(text).matches())
                .flatMap(text -> revisions.find(Long.parseLong(text)))
                .map(found -> past.at(found.number()))
                .orElseThrow(() -> new Invalid(parameter, "must be the number of a revision"));
    }

    private Realm realm(Revision revision, Loaded now) {
        Realm known = inForce;
        if (known != null && known.policies() == revision.policies()) {
            return known;
        }
        Realm made = revision.realm();
        if (revision.policies() == now.policies()) {
            inForce = made;
        }
        return made;
    }

    private static ServerResponse answer(Map<String, Object> body) {
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
