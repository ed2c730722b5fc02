package dev.sallyport.core;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON with one spelling for each value (RFC 8785), so that it can be hashed.
 *
 * <p>Values are maps with string keys, collections, strings, booleans, numbers and null. Whole numbers beyond 2<sup>53</sup> and
 * what JSON has no number for are refused: other languages would read them differently.
 */
public final class CanonicalJson {

    private static final long MAX_EXACT = 1L << 53;

    private final StringBuilder out = new StringBuilder(512);

    private CanonicalJson() {}

    /** The canonical form, in UTF-8. */
    public static byte[] bytes(Map<String, ?> object) {
        return text(object).getBytes(StandardCharsets.UTF_8);
    }

    /** The canonical form of any value, as text. */
    public static String text(@Nullable Object value) {
        CanonicalJson json = new CanonicalJson();
        json.write(value);
        return json.out.toString();
    }

    private void write(@Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case String text -> string(text);
            case Boolean flag -> out.append(flag.booleanValue());
            case Integer number -> out.append(number.intValue());
            case Long number -> out.append(exact(number));
            case Double number -> out.append(EcmaNumber.text(number));
            case Map<?, ?> object -> object(object);
            case Collection<?> array -> array(array);
            default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
        }
    }

    private static long exact(long number) {
        if (Math.abs(number) > MAX_EXACT) {
            throw new IllegalArgumentException("a whole number beyond 2^53");
        }
        return number;
    }

    /** Members in the order of their names' UTF-16 code units, which is the order of {@link String#compareTo}. */
    private void object(Map<?, ?> object) {
        char separator = '{';
        for (Map.Entry<?, ?> member : sorted(object).entrySet()) {
            out.append(separator);
            string((String) member.getKey());
            out.append(':');
            write(member.getValue());
            separator = ',';
        }
        out.append(separator == '{' ? "{}" : "}");
    }

    private static SortedMap<?, ?> sorted(Map<?, ?> object) {
        return object instanceof TreeMap<?, ?> tree && tree.comparator() == null ? tree : new TreeMap<>(object);
    }

    private void array(Collection<?> array) {
        char separator = '[';
        for (Object element : array) {
            out.append(separator);
            write(element);
            separator = ',';
        }
        out.append(separator == '[' ? "[]" : "]");
    }

    /** Stretches that need no escape are copied as a whole: most strings are one. */
    private void string(String text) {
        out.append('"');
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                out.append(text, copied, i);
                escape(c);
                copied = i + 1;
            } else if (Character.isSurrogate(c) && !paired(text, i)) {
                throw new IllegalArgumentException("a surrogate without its other half");
            }
        }
        out.append(text, copied, text.length()).append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default ->
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
        }
    }

    private static boolean paired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
