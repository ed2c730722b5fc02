package dev.sallyport.api.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * {@code GET /v1/openapi}: the description of this API (OpenAPI 3.1), for anyone.
 *
 * <p>JSON, unless the caller prefers YAML. The file is {@code docs/openapi.yaml}, packed beside this class.
 */
public final class OpenApiEndpoint {

    /** Where it is served. */
    public static final String PATH = "/v1/openapi";

    /** Where the schema of a policy is served. */
    public static final String SCHEMA_PATH = PolicySchema.PATH;

    private static final MediaType SCHEMA = MediaType.parseMediaType("application/schema+json");
    private static final CacheControl FIVE_MINUTES = CacheControl.maxAge(Duration.ofMinutes(5));

    private OpenApiEndpoint() {}

    public static RouterFunction<ServerResponse> routes() {
        byte[] yaml = yaml();
        JsonNode description = new YAMLMapper().readTree(yaml);
        byte[] json = JsonMapper.shared().writeValueAsBytes(description);
        byte[] schema = PolicySchema.of(description);
        return RouterFunctions.route()
                .GET(
                        PATH,
                        request -> Preference.isFor(MediaType.APPLICATION_YAML, MediaType.APPLICATION_JSON, request)
                                ? description(MediaType.APPLICATION_YAML, yaml)
                                : description(MediaType.APPLICATION_JSON, json))
                .GET(
                        SCHEMA_PATH,
                        _ -> ServerResponse.ok()
                                .contentType(SCHEMA)
                                .cacheControl(FIVE_MINUTES)
                                .body(schema))
                .build();
    }

    private static ServerResponse description(MediaType type, byte[] description) {
        return ServerResponse.ok()
                .contentType(type)
                .cacheControl(FIVE_MINUTES)
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .body(description);
    }

    private static byte[] yaml() {
        try (InputStream file = OpenApiEndpoint.class.getResourceAsStream("openapi.yaml")) {
            return Objects.requireNonNull(file, "openapi.yaml is missing from the jar")
                    .readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
