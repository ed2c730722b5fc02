package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.core.State;
import dev.sallyport.store.PostgresStore;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The kill switch: suspends and resumes trust providers, agents and targets. */
final class SuspensionEndpoints {

    private static final int MAX_BODY = 8 * 1024;
    private static final int MAX_REASON = 500;

    private final LiveState state;
    private final PostgresStore store;

    SuspensionEndpoints(LiveState state, PostgresStore store) {
        this.state = state;
        this.store = store;
    }

    RouterFunction<ServerResponse> routes(Kind kind) {
        String one = "/v1/" + kind.path() + "/{name}";
        return RouterFunctions.route()
                .POST(one + "/suspend", request -> suspend(kind, request))
                .POST(one + "/resume", request -> resume(kind, request))
                .filter(Caller.with(Scopes.REVOCATION_WRITE, Scopes.DIRECTORY_WRITE, Scopes.SYSTEM_WRITE))
                .build();
    }

    /** Switching off is for whoever revokes, and for whoever may write the document. */
    private ServerResponse suspend(Kind kind, ServerRequest request) throws IOException {
        Caller caller = Caller.of(request);
        String reason = reason(request);
        Named document = document(kind, request);
        caller.requireAny(List.of(Scopes.REVOCATION_WRITE, scope(document)));
        if (reason == null) {
            throw new Invalid("reason", "is missing");
        }
        return answer(kind, document, store.changes().suspend(kind.label(), document.name(), reason, caller.author()));
    }

    /** Switching on is the same, but for what could make an admin. */
    private ServerResponse resume(Kind kind, ServerRequest request) throws IOException {
        Caller caller = Caller.of(request);
        String reason = reason(request);
        Named document = document(kind, request);
        String scope = scope(document);
        caller.requireAny(scope.equals(Scopes.SYSTEM_WRITE) ? List.of(scope) : List.of(Scopes.REVOCATION_WRITE, scope));
        return answer(kind, document, store.changes().resume(kind.label(), document.name(), reason, caller.author()));
    }

    private ServerResponse answer(Kind kind, Named document, long epoch) {
        State _ = state.atLeast(epoch);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("kind", kind.label());
        body.put("name", document.name());
        body.put("status", "active");
        state.loaded().suspension(kind, document.name()).ifPresent(suspension -> {
            body.put("status", "suspended");
            body.put("since", suspension.since().toString());
            body.put("reason", suspension.reason());
            body.put("by", suspension.author());
        });
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }

    private Named document(Kind kind, ServerRequest request) {
        Loaded now = state.fresh();
        return now.documents()
                .find(kind, request.pathVariable("name"))
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such " + kind.label()))
                .document();
    }

    private String scope(Named document) {
        return new Authority(state.loaded().documents().configuration()).scope(document);
    }

    private static @Nullable String reason(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        String reason = body.isEmpty() ? null : Documents.readReason(body.bytes(), body.format());
        Invalid.unless(
                reason == null || (!reason.isBlank() && reason.length() <= MAX_REASON),
                "reason",
                "must be 1 to " + MAX_REASON + " characters");
        return reason;
    }
}
