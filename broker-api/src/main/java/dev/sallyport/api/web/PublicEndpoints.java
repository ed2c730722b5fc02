package dev.sallyport.api.web;

import dev.sallyport.core.StateSource;
import dev.sallyport.core.directory.Target;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** What anyone may read: the keys, and what this authorization server and its API can do (RFC 8414, RFC 9728). */
public final class PublicEndpoints {

    private static final CacheControl FIVE_MINUTES = CacheControl.maxAge(Duration.ofMinutes(5));

    private PublicEndpoints() {}

    public static RouterFunction<ServerResponse> routes(String issuer, Discovery discovery, StateSource states) {
        Map<String, Object> metadata = discovery.authorizationServer();
        Target api = Target.builtIn(issuer);
        Map<String, Object> apiMetadata = discovery.protectedResource(api);
        RouterFunctions.Builder routes = RouterFunctions.route();
        for (String name : List.of("oauth-authorization-server", "openid-configuration")) {
            discovery.paths(name).forEach(path -> routes.GET(path, request -> document(metadata)));
        }
        return routes.GET(path(Discovery.protectedResourceUrl(api.resource())), request -> document(apiMetadata))
                .GET(
                        "/oauth2/jwks",
                        request -> ServerResponse.ok()
                                .contentType(MediaType.APPLICATION_JSON)
                                .cacheControl(FIVE_MINUTES)
                                .body(states.current().keys().jwks()))
                .GET("/oauth2/authorize", request -> noLogin())
                .build();
    }

    private static String path(String url) {
        return URI.create(url).getRawPath();
    }

    private static ServerResponse noLogin() {
        String description = "agents prove themselves at the token endpoint; there is no login here";
        return ServerResponse.badRequest()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(Map.of("error", "unauthorized_client", "error_description", description));
    }

    private static ServerResponse document(Map<String, Object> metadata) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(FIVE_MINUTES)
                .body(metadata);
    }
}
