package dev.sallyport.core;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of the log, read back: what is not there as it was written is an {@link IllegalArgumentException}.
 *
 * @param fields its members
 */
public record Recorded(Map<?, ?> fields) {

    /** Parses a leaf or a detail. */
    public static Recorded parse(byte[] canonical) {
        try {
            return new Recorded(JSONObjectUtils.parse(new String(canonical, StandardCharsets.UTF_8)));
        } catch (ParseException e) {
            throw new IllegalArgumentException("the log holds something that is no JSON object", e);
        }
    }

    public String text(String name) {
        return as(String.class, name, fields.get(name));
    }

    public long number(String name) {
        return as(Number.class, name, fields.get(name)).longValue();
    }

    public Recorded object(String name) {
        return new Recorded(as(Map.class, name, fields.get(name)));
    }

    /** The member that may be missing. */
    public Optional<Recorded> optional(String name) {
        return fields.containsKey(name) ? Optional.of(object(name)) : Optional.empty();
    }

    /** The text that may be missing; null where it is. */
    public @Nullable String optionalText(String name) {
        return fields.containsKey(name) ? text(name) : null;
    }

    /** A list of strings. */
    public List<String> texts(String name) {
        List<?> list = as(List.class, name, fields.get(name));
        return list.stream().map(each -> as(String.class, name, each)).toList();
    }

    private static <T> T as(Class<T> type, String name, @Nullable Object value) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw new IllegalArgumentException("the log holds another " + name + " than was written");
    }

    @Override
    public String toString() {
        return "Recorded" + fields.keySet();
    }
}
