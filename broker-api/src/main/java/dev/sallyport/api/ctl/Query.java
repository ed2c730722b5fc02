package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a request's query, some of which may come several times. */
record Query(String text) {

    static final Query NONE = new Query("");

    /** Those that have a value. */
    static Query of(Map<String, @Nullable String> given) {
        Query query = NONE;
        for (Map.Entry<String, @Nullable String> each : given.entrySet()) {
            query = query.and(each.getKey(), each.getValue());
        }
        return query;
    }

    /** With one more, unless it has no value. */
    Query and(String name, @Nullable String value) {
        return value == null ? this : and(name, List.of(value));
    }

    /** With one more for each value. */
    Query and(String name, List<String> values) {
        List<String> pairs = new ArrayList<>();
        if (!text.isEmpty()) {
            pairs.add(text);
        }
        values.forEach(value -> pairs.add(Broker.encoded(name) + "=" + Broker.encoded(value)));
        return new Query(String.join("&", pairs));
    }

    /** Behind a path. */
    String on(String path) {
        return text.isEmpty() ? path : path + "?" + text;
    }
}
