package dev.sallyport.core.attest;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a platform says of a workload, flat: each name has one string or a list of strings.
 *
 * <p>Bindings, pins and conditions all read this one shape, whatever the evidence looked like. Sorted by name.
 */
public final class Claims {

    /** No claims at all. */
    public static final Claims NONE = new Claims(Map.of());

    private final SequencedMap<String, Value> values;

    private Claims(Map<String, ? extends Value> values) {
        this.values = Collections.unmodifiableSequencedMap(new TreeMap<>(values));
    }

    public static Claims of(Map<String, ? extends Value> values) {
        return values.isEmpty() ? NONE : new Claims(values);
    }

    /** The value of a claim, or null where the evidence has none. */
    public @Nullable Value get(String name) {
        return values.get(name);
    }

    public SequencedMap<String, Value> asMap() {
        return values;
    }

    /** Whether the claim is there and one of its values passes. */
    public boolean any(String name, Predicate<String> test) {
        return switch (values.get(name)) {
            case null -> false;
            case One(var text) -> test.test(text);
            case Many(var texts) -> texts.stream().anyMatch(test);
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Claims that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** The names only: values are about somebody's workload and do not belong in a program's log. */
    @Override
    public String toString() {
        return values.keySet().toString();
    }

    /** A claim's value. */
    public sealed interface Value permits One, Many {

        /** The value's texts: one, or those of the list. */
        default List<String> texts() {
            return switch (this) {
                case One(var text) -> List.of(text);
                case Many(var list) -> list;
            };
        }
    }

    /** A single string. */
    public record One(String text) implements Value {}

    /** A list of strings. */
    public record Many(List<String> list) implements Value {
        public Many {
            list = List.copyOf(list);
        }
    }
}
