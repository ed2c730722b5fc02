package dev.sallyport.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern in which {@code *} stands for any run of characters, {@code /} and {@code :} included.
 *
 * <p>Nothing else is special, and there is no escape. Matching is linear in the text for each part of the pattern.
 */
public final class Glob {

    private final String pattern;
    private final List<String> parts;

    private Glob(String pattern) {
        this.pattern = pattern;
        this.parts = List.of(pattern.split("\\*", -1));
    }

    public static Glob of(String pattern) {
        return new Glob(pattern);
    }

    public static List<Glob> all(List<String> patterns) {
        return patterns.stream().map(Glob::of).toList();
    }

    /** Whether the pattern names exactly one text. */
    public boolean exact() {
        return parts.size() == 1;
    }

    public String pattern() {
        return pattern;
    }

    public boolean matches(String text) {
        if (exact()) {
            return pattern.equals(text);
        }
        String first = parts.getFirst();
        String last = parts.getLast();
        if (text.length() < first.length() + last.length() || !text.startsWith(first) || !text.endsWith(last)) {
            return false;
        }
        int at = first.length();
        int end = text.length() - last.length();
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = text.indexOf(part, at);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            at = found + part.length();
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Glob that && pattern.equals(that.pattern);
    }

    @Override
    public int hashCode() {
        return pattern.hashCode();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
