package dev.sallyport.api.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Answers what no route under {@code /v1} takes, as a problem document: a path that is not there, or a method that the path does
 * not have, and then which ones it has (RFC 9110 section 15.5.6).
 *
 * <p>Whatever another route takes is left to that, and the chain comes first: who has no token is told 401 whatever the path.
 */
public final class UnknownRoutes implements RouterFunction<ServerResponse> {

    private static final List<HttpMethod> METHODS =
            List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.PATCH);

    private final Supplier<Stream<RouterFunction<?>>> all;

    /**
     * Makes it.
     *
     * @param all all routes that there are, this among them perhaps
     */
    public UnknownRoutes(Supplier<Stream<RouterFunction<?>>> all) {
        this.all = all;
    }

    @Override
    public Optional<HandlerFunction<ServerResponse>> route(ServerRequest request) {
        String path = request.path();
        boolean ours = path.equals("/v1") || path.startsWith("/v1/");
        return ours && others().noneMatch(each -> each.route(request).isPresent())
                ? Optional.of(answer())
                : Optional.empty();
    }

    private Stream<RouterFunction<?>> others() {
        return all.get().filter(each -> !(each instanceof UnknownRoutes));
    }

    private HandlerFunction<ServerResponse> answer() {
        return new Problems().apply(request -> {
            String allowed = allowed(request);
            throw allowed.isEmpty()
                    ? new Problem(404, "not-found", "there is nothing at this path")
                    : new Problem(
                            405,
                            "method-not-allowed",
                            "this path takes " + allowed,
                            Map.of(),
                            Map.of("Allow", allowed));
        });
    }

    private String allowed(ServerRequest request) {
        List<RouterFunction<?>> routes = others().toList();
        return METHODS.stream()
                .filter(method -> routes.stream().anyMatch(route -> takes(route, method, request)))
                .map(HttpMethod::name)
                .collect(Collectors.joining(", "));
    }

    /** Nothing is handled here: a route only says whether it would. */
    private static boolean takes(RouterFunction<?> route, HttpMethod method, ServerRequest request) {
        return route.route(ServerRequest.from(request).method(method).build()).isPresent();
    }

    /** It adds no route to those that there are. */
    @Override
    public void accept(RouterFunctions.Visitor visitor) {}
}
