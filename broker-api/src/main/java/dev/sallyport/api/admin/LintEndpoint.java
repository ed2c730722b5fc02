package dev.sallyport.api.admin;

import dev.sallyport.api.lint.Warnings;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.web.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** What the lint says of the documents in force. */
final class LintEndpoint {

    private final LiveState state;
    private final StateCompiler compiler;

    LintEndpoint(LiveState state, StateCompiler compiler) {
        this.state = state;
        this.compiler = compiler;
    }

    RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .GET("/v1/lint", this::lint)
                .filter((request, next) -> {
                    Caller.of(request).requireAll(List.of(Scopes.DIRECTORY_READ, Scopes.POLICY_READ));
                    return next.handle(request);
                })
                .build();
    }

    private ServerResponse lint(ServerRequest request) {
        Parameters.of(request, Set.of());
        Loaded now = state.fresh();
        Warnings warnings = compiler.lint(now);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("revision", now.documents().revision());
        body.put("warnings", warnings.shown());
        body.put("complete", warnings.complete());
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
