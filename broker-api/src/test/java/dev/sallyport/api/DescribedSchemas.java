package dev.sallyport.api;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas of the API's description, each compiled once.
 *
 * <p>Clients ignore fields that they don't know, so that the schemas of answers are open. Here they are closed: no answer
 * may have a field that nobody described.
 */
final class DescribedSchemas {

    static final DescribedSchemas PACKED = new DescribedSchemas(ApiDescription.PACKED);

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private final JsonNode components;
    private final Map<JsonNode, Schema> compiled = new ConcurrentHashMap<>();

    private DescribedSchemas(ApiDescription description) {
        components = description.root().get("components").deepCopy();
        components.get("schemas").forEach(DescribedSchemas::close);
    }

    /** What is wrong with the value by a schema of the description; empty where nothing is. */
    List<String> problems(JsonNode schema, JsonNode value) {
        return compiled.computeIfAbsent(schema, this::compile).validate(value).stream()
                .map(DescribedSchemas::text)
                .toList();
    }

    private Schema compile(JsonNode schema) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.putArray("allOf").add(schema);
        document.set("components", components);
        return REGISTRY.getSchema(document);
    }

    private static String text(Error error) {
        return error.getInstanceLocation() + ": " + error.getMessage();
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode open
                && open.path("type").stringValue("").equals("object")
                && open.has("properties")
                && !open.has("additionalProperties")) {
            open.put("additionalProperties", false);
        }
    }
}
