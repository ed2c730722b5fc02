package dev.sallyport.api.admin;

import dev.sallyport.api.admin.Revisions.Revised;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Configuration;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The whole configuration at once, as a bundle: for GitOps. */
final class ConfigurationEndpoints {

    private static final String PATH = "/v1/configuration";
    private static final int MAX_BODY = 64 << 20;

    private final LiveState state;
    private final Revisions revisions;

    ConfigurationEndpoints(LiveState state, Revisions revisions) {
        this.state = state;
        this.revisions = revisions;
    }

    RouterFunction<ServerResponse> routes() {
        RouterFunction<ServerResponse> reading = RouterFunctions.route()
                .GET(PATH, this::get)
                .filter((request, next) -> {
                    Caller.of(request).requireAll(List.of(Scopes.DIRECTORY_READ, Scopes.POLICY_READ));
                    return next.handle(request);
                })
                .build();
        RouterFunction<ServerResponse> writing = RouterFunctions.route()
                .PUT(PATH, this::put)
                .filter(Caller.with(Scopes.DIRECTORY_WRITE, Scopes.POLICY_WRITE, Scopes.SYSTEM_WRITE))
                .build();
        return reading.and(writing);
    }

    private ServerResponse get(ServerRequest request) {
        Parameters.of(request, Set.of());
        DocumentSet documents = state.fresh().documents();
        return ServerResponse.ok()
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.ETAG, Preconditions.tag(documents.revision()))
                .body(Documents.fields(documents.configuration()));
    }

    private ServerResponse put(ServerRequest request) throws IOException {
        Mode mode = Mode.ofPolicies(request);
        Body body = Body.of(request, MAX_BODY);
        Configuration wanted = Documents.readBundle(body.bytes(), body.format());
        Preconditions preconditions = Preconditions.of(request);
        Revised revised = revisions.revise(Caller.of(request), mode, documents -> {
            preconditions.check(OptionalLong.of(documents.revision()));
            return wanted;
        });
        return ServerResponse.ok()
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.ETAG, Preconditions.tag(revised.documents().revision()))
                .body(ChangeSet.of(revised, mode.dryRun()));
    }
}
