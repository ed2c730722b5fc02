package dev.sallyport.core.policy;

import dev.sallyport.core.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One tool that a token is for, and the values that its arguments may have: the authorization detail {@code mcp_tool}
 * (RFC 9396 section 2).
 *
 * <p>The limits are the client's own, to make a token that is worth less than what policy would allow. Whoever serves the tool
 * holds calls to them.
 *
 * @param tool the tool's name; the action that it stands for is {@code tools/call:<tool>}
 * @param locations where it is; the resource of the request, or empty for the same
 * @param arguments limits by the argument's name; an argument without one may have any value
 */
public record McpTool(String tool, List<String> locations, Map<String, Limits> arguments) {

    /** The name of this type of authorization detail. */
    public static final String TYPE = "mcp_tool";

    /** The most limits that one tool may have. */
    private static final int MAX_ARGUMENTS = 32;

    public McpTool {
        Invalid.unless(tool != null && !tool.isEmpty(), "tool", "is missing");
        Action.check("tool", action(tool));
        locations = locations == null ? List.of() : List.copyOf(locations);
        arguments = arguments == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(arguments));
        Invalid.unless(arguments.size() <= MAX_ARGUMENTS, "arguments", "limits more than " + MAX_ARGUMENTS);
        Invalid.unless(
                arguments.keySet().stream().allMatch(McpTool::encodable), "arguments", "must be named in Unicode");
    }

    /** A surrogate without its other half is no character: the log could not write it. */
    private static boolean encodable(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** The action that calls the tool. */
    public String action() {
        return action(tool);
    }

    private static String action(String tool) {
        return "tools/call:" + tool;
    }

    /** As it is written in requests, tokens and the log. */
    public Map<String, Object> json() {
        Map<String, Object> json = new TreeMap<>(Map.of("type", TYPE, "tool", tool));
        if (!locations.isEmpty()) {
            json.put("locations", locations);
        }
        if (!arguments.isEmpty()) {
            Map<String, Object> limits = new TreeMap<>();
            arguments.forEach((name, limit) -> limits.put(name, limit.json()));
            json.put("arguments", limits);
        }
        return json;
    }

    /**
     * The values that an argument may have, in the words of JSON Schema; all that are there must hold.
     *
     * @param constant {@code const}: exactly this string, number or boolean
     * @param among {@code enum}: one of these
     * @param minimum a number of at least this
     * @param maximum a number of at most this
     */
    public record Limits(
            @Nullable Object constant,
            @Nullable List<Object> among,
            @Nullable Number minimum,
            @Nullable Number maximum) {

        public Limits {
            Invalid.unless(
                    constant != null || among != null || minimum != null || maximum != null,
                    "",
                    "needs const, enum, minimum or maximum");
            Invalid.unless(among == null || !among.isEmpty(), "enum", "must not be empty");
            among = among == null ? null : List.copyOf(among);
            checkScalar("const", constant);
            checkScalar("minimum", minimum);
            checkScalar("maximum", maximum);
            for (int i = 0; among != null && i < among.size(); i++) {
                checkScalar("enum[" + i + "]", among.get(i));
            }
        }

        /** What canonical JSON can write: the log has to. */
        private static void checkScalar(String field, @Nullable Object value) {
            boolean written = switch (value) {
                case null -> true;
                case Boolean _, Integer _ -> true;
                case String text -> encodable(text);
                case Long number -> Math.abs(number) <= 1L << 53;
                case Double number -> Double.isFinite(number);
                default -> false;
            };
            Invalid.unless(written, field, "must be a string, a boolean or a number that is exact in JSON");
        }

        private Map<String, Object> json() {
            Map<String, Object> json = new TreeMap<>();
            put(json, "const", constant);
            put(json, "enum", among == null ? null : new ArrayList<>(among));
            put(json, "minimum", minimum);
            put(json, "maximum", maximum);
            return json;
        }

        private static void put(Map<String, Object> json, String name, @Nullable Object value) {
            if (value != null) {
                json.put(name, value);
            }
        }
    }
}
