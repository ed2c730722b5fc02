package dev.sallyport.api.admin;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Discovery;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.directory.Target;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The metadata of each target (RFC 9728), for its host to show at the URL that {@code Content-Location} names where it has one. */
final class ResourceMetadata {

    private ResourceMetadata() {}

    static RouterFunction<ServerResponse> routes(LiveState state, Discovery discovery) {
        return RouterFunctions.route()
                .GET("/v1/targets/{name}/protected-resource", request -> get(request, state, discovery))
                .filter(Caller.with(Scopes.reading(Kind.TARGET)))
                .build();
    }

    private static ServerResponse get(ServerRequest request, LiveState state, Discovery discovery) {
        Parameters.of(request, Set.of());
        String name = request.pathVariable("name");
        Target target = state.fresh()
                .documents()
                .find(Kind.TARGET, name)
                .map(held -> (Target) held.document())
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such target"));
        ServerResponse.BodyBuilder answer = ServerResponse.ok().cacheControl(CacheControl.noStore());
        if (target.resource().startsWith("http")) {
            answer.header(HttpHeaders.CONTENT_LOCATION, Discovery.protectedResourceUrl(target.resource()));
        }
        return answer.body(discovery.protectedResource(target));
    }
}
