package dev.sallyport.api;

import dev.sallyport.api.web.OpenApiEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The description of the API, as it is packed into the jar. */
final class ApiDescription {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");

    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");

    static final ApiDescription PACKED = read();

    private final String text;
    private final JsonNode root;
    private final List<Operation> operations;

    private ApiDescription(String text) {
        this.text = text;
        this.root = new YAMLMapper().readTree(text);
        this.operations = operations(root.get("paths"));
    }

    /**
     * One operation.
     *
     * @param method in upper case
     * @param path the template, such as {@code /v1/agents/{name}}
     * @param node the operation object
     */
    record Operation(String method, String path, JsonNode node) {

        /** A variable is one segment; the last may be several where the description says so, which OpenAPI has no way to. */
        boolean isAt(String requested) {
            String segments = "\\Q" + VARIABLE.matcher(path).replaceAll("\\\\E[^/]+\\\\Q") + "\\E";
            boolean several = node.path("x-last-parameter-has-segments").asBoolean(false);
            return Pattern.matches(
                    several ? segments.replaceFirst("\\[\\^/]\\+(\\\\Q\\\\E)$", ".+$1") : segments, requested);
        }

        private long variables() {
            return VARIABLE.matcher(path).results().count();
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    String text() {
        return text;
    }

    JsonNode root() {
        return root;
    }

    List<Operation> operations() {
        return operations;
    }

    /** The operation of a request, or of its GET where it is a HEAD; the fewer variables, the better. */
    Optional<Operation> operation(String method, String requested) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        return operations.stream()
                .filter(each -> each.method().equals(wanted) && each.isAt(requested))
                .min(Comparator.comparingLong(Operation::variables));
    }

    /** The node itself, or what it refers to within the description. */
    JsonNode resolved(JsonNode node) {
        JsonNode reference = node.get("$ref");
        return reference == null ? node : root.at(reference.asString().substring(1));
    }

    private static List<Operation> operations(JsonNode paths) {
        List<Operation> operations = new ArrayList<>();
        paths.properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .forEach(member -> operations.add(new Operation(
                                member.getKey().toUpperCase(Locale.ROOT), path.getKey(), member.getValue()))));
        return List.copyOf(operations);
    }

    private static ApiDescription read() {
        try (InputStream file = OpenApiEndpoint.class.getResourceAsStream("openapi.yaml")) {
            return new ApiDescription(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
