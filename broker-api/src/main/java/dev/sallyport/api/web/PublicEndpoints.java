package dev.sallyport.api.web;

import dev.sallyport.core.StateSource;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.possession.DpopVerifier;
import java.time.Duration;
import java.util.LinkedHashMap;
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

    /**
     * The routes.
     *
     * @param certificates whether the broker gets to see certificates of clients
     */
    public static RouterFunction<ServerResponse> routes(
            String issuer, List<String> evidenceAlgorithms, boolean certificates, StateSource states) {
        Map<String, Object> metadata = metadata(issuer, evidenceAlgorithms);
        Map<String, Object> api = protectedResource(issuer);
        List.of(metadata, api).forEach(each -> bindings(each, certificates));
        return RouterFunctions.route()
                .GET(
                        "/oauth2/jwks",
                        request -> ServerResponse.ok()
                                .contentType(MediaType.APPLICATION_JSON)
                                .cacheControl(FIVE_MINUTES)
                                .body(states.current().keys().jwks()))
                .GET("/.well-known/oauth-authorization-server", request -> document(metadata))
                .GET("/.well-known/openid-configuration", request -> document(metadata))
                .GET("/.well-known/oauth-protected-resource/v1", request -> document(api))
                .GET(
                        "/oauth2/authorize",
                        request -> ServerResponse.badRequest()
                                .contentType(MediaType.APPLICATION_JSON)
                                .cacheControl(CacheControl.noStore())
                                .body(
                                        Map.of(
                                                "error", "unauthorized_client",
                                                "error_description",
                                                        "agents prove themselves at the token endpoint; there is no login here")))
                .build();
    }

    private static ServerResponse document(Map<String, Object> metadata) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(FIVE_MINUTES)
                .body(metadata);
    }

    /** The broker's own API as a resource (RFC 9728 section 2). */
    private static Map<String, Object> protectedResource(String issuer) {
        Target api = Target.builtIn(issuer);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resource", api.resource());
        metadata.put("authorization_servers", List.of(issuer));
        metadata.put("scopes_supported", api.actions());
        metadata.put("bearer_methods_supported", List.of("header"));
        metadata.put("resource_name", "Sallyport");
        return metadata;
    }

    /** How tokens are bound to their callers (RFC 9449 section 5.1, RFC 8705 section 3.3, RFC 9728 section 2). */
    private static void bindings(Map<String, Object> metadata, boolean certificates) {
        metadata.put("dpop_signing_alg_values_supported", DpopVerifier.algorithms());
        metadata.put("tls_client_certificate_bound_access_tokens", certificates);
    }

    private static Map<String, Object> metadata(String issuer, List<String> evidenceAlgorithms) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("issuer", issuer);
        metadata.put("token_endpoint", issuer + "/oauth2/token");
        metadata.put("jwks_uri", issuer + "/oauth2/jwks");
        metadata.put(
                "grant_types_supported", List.of("urn:ietf:params:oauth:grant-type:jwt-bearer", "client_credentials"));
        metadata.put("token_endpoint_auth_methods_supported", List.of("none", "private_key_jwt"));
        metadata.put("token_endpoint_auth_signing_alg_values_supported", evidenceAlgorithms);
        // MCP clients refuse an authorization server without these three; the endpoint always refuses.
        metadata.put("authorization_endpoint", issuer + "/oauth2/authorize");
        metadata.put("response_types_supported", List.of("code"));
        metadata.put("code_challenge_methods_supported", List.of("S256"));
        metadata.put("subject_types_supported", List.of("public"));
        metadata.put("id_token_signing_alg_values_supported", List.of("ES256"));
        return metadata;
    }
}
