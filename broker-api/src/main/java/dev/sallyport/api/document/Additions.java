package dev.sallyport.api.document;

import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Documents that a start-up option adds to a bundle, whose own documents may refer to them. */
final class Additions {

    private final ObjectMapper mapper;
    private final Configuration added;

    Additions(ObjectMapper mapper, Configuration added) {
        this.mapper = mapper;
        this.added = added;
    }

    /** Appends them to a bundle's lists; throws {@link Invalid} where one of the bundle's own has such a name. */
    void appendTo(ObjectNode bundle) {
        for (Kind kind : Kind.values()) {
            if (!kind.in(added).isEmpty()) {
                ArrayNode list = list(bundle, kind.field());
                kind.in(added).forEach(document -> append(list, kind.field(), document));
            }
        }
    }

    private void append(ArrayNode list, String field, Named document) {
        for (int i = 0; i < list.size(); i++) {
            Invalid.unless(
                    !document.name().equals(list.get(i).path("name").asString("")),
                    field + "[" + i + "].name",
                    document.name() + " is the name of a document that --dev adds");
        }
        list.add(mapper.<JsonNode>valueToTree(document));
    }

    /** A single document stands for a list of one. */
    private static ArrayNode list(ObjectNode bundle, String field) {
        JsonNode given = bundle.get(field);
        if (given instanceof ArrayNode list) {
            return list;
        }
        ArrayNode list = bundle.putArray(field);
        if (given != null && !given.isNull()) {
            list.add(given);
        }
        return list;
    }
}
