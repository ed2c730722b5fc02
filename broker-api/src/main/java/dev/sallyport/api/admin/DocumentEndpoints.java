package dev.sallyport.api.admin;

import dev.sallyport.api.admin.Revisions.Revised;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Documents.Sent;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.api.state.DocumentSet.Held;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Reading and writing documents of one kind, one at a time. */
final class DocumentEndpoints {

    private static final int MAX_BODY = 256 * 1024;
    private static final int PAGE = 100;

    private final Kind kind;
    private final LiveState state;
    private final Revisions revisions;

    DocumentEndpoints(Kind kind, LiveState state, Revisions revisions) {
        this.kind = kind;
        this.state = state;
        this.revisions = revisions;
    }

    RouterFunction<ServerResponse> routes() {
        String list = "/v1/" + kind.path();
        String one = list + "/{name}";
        RouterFunction<ServerResponse> reading = RouterFunctions.route()
                .GET(list, this::list)
                .GET(one, this::get)
                .filter(Caller.with(Scopes.reading(kind)))
                .build();
        RouterFunction<ServerResponse> writing = RouterFunctions.route()
                .PUT(one, this::put)
                .DELETE(one, this::delete)
                .filter(Caller.with(Scopes.writing(kind).toArray(String[]::new)))
                .build();
        return reading.and(writing);
    }

    private ServerResponse list(ServerRequest request) {
        Parameters parameters = Parameters.of(request, Set.of("limit", "cursor"));
        int limit = parameters.limit(PAGE);
        String after = parameters
                .text("cursor")
                .map(cursor -> Cursor.decode(cursor, kind.path()))
                .orElse("");
        Loaded now = state.fresh();
        List<Held> found = now.documents().after(kind, after, limit + 1);
        List<Held> page = found.subList(0, Math.min(limit, found.size()));
        Map<String, Object> body = new TreeMap<>();
        body.put("items", page.stream().map(held -> shown(now, held.document())).toList());
        if (found.size() > limit) {
            body.put(
                    "next", Cursor.encode(kind.path(), page.getLast().document().name()));
        }
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }

    private ServerResponse get(ServerRequest request) {
        Parameters.of(request, Set.of());
        Loaded now = state.fresh();
        Held held = held(now.documents(), request.pathVariable("name"));
        return answer(ServerResponse.ok(), held, shown(now, held.document()));
    }

    private ServerResponse put(ServerRequest request) throws IOException {
        Mode mode = kind == Kind.POLICY ? Mode.ofPolicies(request) : Mode.ofOthers(request);
        String name = request.pathVariable("name");
        Body body = Body.of(request, MAX_BODY);
        Sent sent = Documents.readOne(kind, name, body.bytes(), body.format());
        Preconditions preconditions = Preconditions.of(request);
        Revised revised =
                revisions.revise(Caller.of(request), mode, new OneDocument(kind, name, sent.document(), documents -> {
                    preconditions.require(version(documents, name));
                    checkStatus(sent.status(), name);
                }));
        if (mode.dryRun()) {
            return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(ChangeSet.of(revised, true));
        }
        boolean created = revised.changes().stream().anyMatch(change -> change.before() == null);
        Held held = held(revised.documents(), name);
        Map<String, Object> shown = shown(state.loaded(), held.document());
        ChangeSet.tell(revised.warnings(), shown);
        return answer(
                created ? ServerResponse.created(URI.create("/v1/" + kind.path() + "/" + name)) : ServerResponse.ok(),
                held,
                shown);
    }

    private ServerResponse delete(ServerRequest request) {
        Mode mode = Mode.ofEnd(request, kind == Kind.POLICY);
        String name = request.pathVariable("name");
        Preconditions preconditions = Preconditions.of(request);
        Caller caller = Caller.of(request);
        Revised _ = revisions.revise(caller, mode, new OneDocument(kind, name, null, documents -> {
            Held held = held(documents, name);
            preconditions.require(OptionalLong.of(held.since()));
            checkUnused(caller, held.document(), documents.configuration());
        }));
        return ServerResponse.noContent().build();
    }

    private void checkStatus(@Nullable String status, String name) {
        String now = status(state.loaded(), name);
        Invalid.unless(status == null || status.equals(now), "status", "is " + now + "; suspend and resume change it");
    }

    private void checkUnused(Caller caller, Named document, Configuration configuration) {
        caller.requireAll(List.of(new Authority(configuration).scope(document)));
        List<Map<String, String>> users = References.to(kind, document.name(), configuration);
        if (!users.isEmpty()) {
            throw new Problem(409, "in-use", "other documents refer to it", Map.of("referencedBy", users));
        }
    }

    private Held held(DocumentSet documents, String name) {
        return documents
                .find(kind, name)
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such " + kind.label()));
    }

    private OptionalLong version(DocumentSet documents, String name) {
        return documents
                .find(kind, name)
                .map(held -> OptionalLong.of(held.since()))
                .orElse(OptionalLong.empty());
    }

    private static ServerResponse answer(ServerResponse.BodyBuilder answer, Held held, Map<String, Object> shown) {
        return answer.cacheControl(CacheControl.noStore())
                .header(HttpHeaders.ETAG, Preconditions.tag(held.since()))
                .body(shown);
    }

    private Map<String, Object> shown(Loaded now, Named document) {
        Map<String, Object> fields = Documents.fields(document);
        if (kind.suspendable()) {
            fields.put("status", status(now, document.name()));
        }
        return fields;
    }

    private String status(Loaded now, String name) {
        return now.suspension(kind, name).isPresent() ? "suspended" : "active";
    }
}
