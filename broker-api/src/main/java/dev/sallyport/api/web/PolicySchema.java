package dev.sallyport.api.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /v1/schemas/policy}: the JSON Schema of a policy by itself, cut out of the description of the API. */
final class PolicySchema {

    static final String PATH = "/v1/schemas/policy";

    private static final String THERE = "#/components/schemas/";
    private static final String HERE = "#/$defs/";
    private static final String POLICY = "Policy";

    private PolicySchema() {}

    static byte[] of(JsonNode description) {
        JsonNode schemas = description.path("components").path("schemas");
        ObjectNode schema = JsonMapper.shared().createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$ref", HERE + POLICY);
        ObjectNode definitions = schema.putObject("$defs");
        TreeSet<String> names = new TreeSet<>();
        Deque<String> left = new ArrayDeque<>();
        left.add(POLICY);
        while (!left.isEmpty()) {
            String name = left.remove();
            if (names.add(name)) {
                definitions.set(name, schemas.path(name));
                schemas.path(name).findValuesAsString("$ref").stream()
                        .map(reference -> reference.substring(THERE.length()))
                        .forEach(left::add);
            }
        }
        String text = JsonMapper.shared().writeValueAsString(schema);
        return text.replace('"' + THERE, '"' + HERE).getBytes(StandardCharsets.UTF_8);
    }
}
