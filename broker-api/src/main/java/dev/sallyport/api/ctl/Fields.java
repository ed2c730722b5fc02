package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Reads answers for people: a member that is missing is an empty text. */
final class Fields {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES, YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    private Fields() {}

    static String text(JsonNode object, String name) {
        return text(object.path(name));
    }

    /** A list's elements with commas between; an object as JSON. */
    static String text(JsonNode value) {
        if (value.isArray()) {
            return String.join(", ", texts(value));
        }
        return value.isMissingNode() || value.isNull() ? "" : value.isValueNode() ? value.asString() : value.toString();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(text(each)));
        return texts;
    }

    /** A time to the second. */
    static String time(JsonNode object, String name) {
        return text(object, name).replaceFirst("\\.[0-9]+Z$", "Z");
    }

    static String yaml(JsonNode value) {
        return YAML.writeValueAsString(value).stripTrailing();
    }

    /** Every value by its path, such as {@code bindings[0].match.ref}; what is empty has none. */
    static Map<String, String> flat(JsonNode value) {
        Map<String, String> flat = new LinkedHashMap<>();
        flatten("", value, flat);
        return flat;
    }

    private static void flatten(String path, JsonNode value, Map<String, String> flat) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties()
                    .forEach(member -> flatten(
                            path.isEmpty() ? member.getKey() : path + "." + member.getKey(), member.getValue(), flat));
        } else if (value.isArray() && !value.isEmpty()) {
            for (int i = 0; i < value.size(); i++) {
                flatten(path + "[" + i + "]", value.get(i), flat);
            }
        } else if (value.isValueNode()) {
            flat.put(path, text(value));
        }
    }
}
