package dev.sallyport.api.token;

import static tools.jackson.databind.cfg.CoercionAction.Fail;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.ResourceUri;
import dev.sallyport.core.policy.McpTool;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Reads the parameter {@code authorization_details} (RFC 9396 section 2): what is not understood is refused. */
final class AuthorizationDetails {

    private static final String PARAMETER = "authorization_details";
    private static final int MAX_DETAILS = 16;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, Fail)
                            .setCoercion(CoercionInputShape.Float, Fail)
                            .setCoercion(CoercionInputShape.Boolean, Fail))
            .build();

    /** One element as it is sent. */
    private record Detail(
            @Nullable String type,
            @Nullable String tool,
            @Nullable List<String> locations,
            @Nullable Map<String, @Nullable Limits> arguments) {}

    private record Limits(
            @JsonProperty("const") @Nullable Object constant,
            @JsonProperty("enum") @Nullable List<@Nullable Object> among,
            @Nullable Number minimum,
            @Nullable Number maximum) {}

    private AuthorizationDetails() {}

    /**
     * Reads the tools that a token is to be for.
     *
     * @param json the parameter's value; null where it is not sent
     * @param resources where the token is to be for
     * @throws Invalid with the path of what is wrong
     */
    static List<McpTool> read(@Nullable String json, List<String> resources) {
        if (json == null) {
            return List.of();
        }
        Detail[] details = parsed(json);
        Invalid.unless(
                details.length > 0 && details.length <= MAX_DETAILS,
                PARAMETER,
                "must have 1 to " + MAX_DETAILS + " elements");
        Set<String> named = new HashSet<>();
        McpTool[] tools = new McpTool[details.length];
        for (int i = 0; i < details.length; i++) {
            try {
                tools[i] = tool(details[i], resources);
                Invalid.unless(named.add(tools[i].tool()), "tool", "is named twice");
            } catch (Invalid e) {
                throw e.within(PARAMETER + "[" + i + "]");
            }
        }
        return List.of(tools);
    }

    private static Detail[] parsed(String json) {
        try {
            Detail[] details = JSON.readValue(json, Detail[].class);
            Invalid.unless(details != null, PARAMETER, "must be an array");
            return details;
        } catch (DatabindException e) {
            throw new Invalid(PARAMETER, "must be an array of details with the fields of " + McpTool.TYPE + " only");
        } catch (JacksonException e) {
            throw new Invalid(PARAMETER, "is not well-formed JSON without repeated members");
        }
    }

    private static McpTool tool(@Nullable Detail detail, List<String> resources) {
        if (detail == null) {
            throw new Invalid("", "must be an object");
        }
        Invalid.unless(McpTool.TYPE.equals(detail.type()), "type", "must be " + McpTool.TYPE);
        List<String> locations = detail.locations() == null ? List.of() : detail.locations();
        for (String location : locations) {
            Invalid.unless(
                    location != null && resources.stream().anyMatch(resource -> same(resource, location)),
                    "locations",
                    "must be the resource of the request");
        }
        Map<String, McpTool.Limits> limits = new TreeMap<>();
        if (detail.arguments() != null) {
            detail.arguments().forEach((name, limit) -> limits.put(name, limits(name, limit)));
        }
        return new McpTool(detail.tool() == null ? "" : detail.tool(), locations, limits);
    }

    private static McpTool.Limits limits(String name, @Nullable Limits limits) {
        try {
            if (limits == null) {
                throw new Invalid("", "must be an object");
            }
            Invalid.unless(limits.among() == null || !limits.among().contains(null), "enum", "must not hold null");
            return new McpTool.Limits(limits.constant(), limits.among(), limits.minimum(), limits.maximum());
        } catch (Invalid e) {
            throw e.within("arguments." + name);
        }
    }

    private static boolean same(String one, String other) {
        Optional<String> canonical = ResourceUri.canonical(one);
        return canonical.isPresent() && canonical.equals(ResourceUri.canonical(other));
    }
}
