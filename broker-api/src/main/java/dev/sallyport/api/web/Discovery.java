package dev.sallyport.api.web;

import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.McpTool;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The documents by which clients find out how to get a token, and the places where they look for them. */
public final class Discovery {

    private static final String WELL_KNOWN = "/.well-known/";

    private final String issuer;
    private final List<String> evidenceAlgorithms;

    /**
     * Describes one authorization server.
     *
     * @param evidenceAlgorithms the JWS algorithms that evidence may be signed with
     */
    public Discovery(String issuer, List<String> evidenceAlgorithms) {
        this.issuer = issuer;
        this.evidenceAlgorithms = List.copyOf(evidenceAlgorithms);
    }

    /**
     * Where a document of the issuer is looked for: at the root, and for an issuer with a path between host and path
     * (RFC 8414 section 3.1) and behind the path (OpenID Connect Discovery 1.0 section 4).
     */
    List<String> paths(String document) {
        String path = URI.create(issuer).getRawPath();
        return path.isEmpty()
                ? List.of(WELL_KNOWN + document)
                : List.of(WELL_KNOWN + document, WELL_KNOWN + document + path, path + WELL_KNOWN + document);
    }

    /** The URL of the metadata of a resource (RFC 9728 section 3.1): between its host and its path. */
    public static String protectedResourceUrl(String resource) {
        URI uri = URI.create(resource);
        String path = uri.getRawPath().equals("/") ? "" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return uri.getScheme() + "://" + uri.getRawAuthority() + WELL_KNOWN + "oauth-protected-resource" + path + query;
    }

    /** What a target's own host may show of it (RFC 9728 section 2). Patterns are left out: nobody can ask for one. */
    public Map<String, Object> protectedResource(Target target) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resource", target.resource());
        metadata.put("authorization_servers", List.of(issuer));
        metadata.put(
                "scopes_supported",
                target.actions().stream().filter(Action::concrete).toList());
        metadata.put("bearer_methods_supported", List.of("header"));
        if (target.kind() == Target.Kind.MCP_SERVER) {
            metadata.put("authorization_details_types_supported", List.of(McpTool.TYPE));
        }
        metadata.put("resource_name", target.builtIn() ? "Sallyport" : target.name());
        return metadata;
    }

    /** What this authorization server can do (RFC 8414 section 2). */
    Map<String, Object> authorizationServer() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("issuer", issuer);
        metadata.put("token_endpoint", issuer + "/oauth2/token");
        metadata.put("jwks_uri", issuer + "/oauth2/jwks");
        metadata.put(
                "grant_types_supported",
                List.of(
                        "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        "client_credentials",
                        "urn:ietf:params:oauth:grant-type:token-exchange"));
        metadata.put("token_endpoint_auth_methods_supported", List.of("none", "private_key_jwt", "spiffe_jwt"));
        metadata.put("token_endpoint_auth_signing_alg_values_supported", evidenceAlgorithms);
        metadata.put("authorization_details_types_supported", List.of(McpTool.TYPE));
        metadata.put("protected_resources", List.of(issuer + "/v1"));
        // MCP clients refuse an authorization server without these three; the endpoint always refuses.
        metadata.put("authorization_endpoint", issuer + "/oauth2/authorize");
        metadata.put("response_types_supported", List.of("code"));
        metadata.put("code_challenge_methods_supported", List.of("S256"));
        metadata.put("subject_types_supported", List.of("public"));
        metadata.put("id_token_signing_alg_values_supported", List.of("ES256"));
        return metadata;
    }
}
