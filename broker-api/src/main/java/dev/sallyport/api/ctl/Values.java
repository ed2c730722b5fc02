package dev.sallyport.api.ctl;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Values as people type them: numbers and booleans are what they look like, all else is text. */
final class Values {

    private Values() {}

    static JsonNode of(String typed) {
        try {
            JsonNode value = JsonMapper.shared().readTree(typed);
            return value.isNumber() || value.isBoolean() ? value : StringNode.valueOf(typed);
        } catch (JacksonException e) {
            return StringNode.valueOf(typed);
        }
    }
}
