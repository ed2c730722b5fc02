package dev.sallyport.store;

import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a change, for the log.
 *
 * @param name the agent's name, or the part of the broker that acts by itself
 * @param token the {@code jti} of the access token that let it; null where there was none
 */
public record Author(String name, @Nullable UUID token) {

    /** The broker itself, at first start. */
    public static final Author BOOTSTRAP = new Author("bootstrap", null);

    /** A new map for an entry's detail, with the author in it. */
    Map<String, Object> detail() {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("author", name);
        if (token != null) {
            detail.put("token", token.toString());
        }
        return detail;
    }
}
