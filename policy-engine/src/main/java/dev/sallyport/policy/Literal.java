package dev.sallyport.policy;

import dev.sallyport.policy.Comparison.Operator;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An atom of a condition, or its contrary.
 *
 * @param holds whether it holds; otherwise its contrary does
 */
record Literal(Atom atom, boolean holds) {

    String text() {
        return atom.text(holds);
    }

    /** What it compares, if it compares that word or entry. */
    @Nullable
    Comparison about(String word, @Nullable String key) {
        Comparison comparison = atom.comparison();
        return comparison != null && comparison.path().equals(new Path(word, key)) ? comparison : null;
    }

    /** The values of which the word has one, where it says so. */
    Optional<Set<String>> pins(String word, @Nullable String key) {
        Comparison comparison = about(word, key);
        if (comparison == null) {
            return Optional.empty();
        }
        Operator equal = holds ? Operator.EQUAL : Operator.DIFFERENT;
        return switch (comparison.literal()) {
            case String text when comparison.operator() == equal -> Optional.of(Set.of(text));
            case List<?> list
            when holds && comparison.operator() == Operator.AMONG ->
                Optional.of(Set.copyOf(list.stream().map(String::valueOf).toList()));
            default -> Optional.empty();
        };
    }

    /** Whether the word may have that value as far as this says. */
    boolean admits(String word, String value) {
        Comparison comparison = about(word, null);
        return comparison == null
                || outcome(comparison, value).map(outcome -> outcome == holds).orElse(true);
    }

    /** What a comparison with a text comes to for a value; empty where it compares with something else. */
    static Optional<Boolean> outcome(Comparison comparison, String value) {
        if (comparison.operator() == Operator.AMONG && comparison.literal() instanceof List<?> list) {
            return Optional.of(list.contains(value));
        }
        if (!(comparison.literal() instanceof String text)) {
            return Optional.empty();
        }
        return switch (comparison.operator()) {
            case EQUAL -> Optional.of(value.equals(text));
            case DIFFERENT -> Optional.of(!value.equals(text));
            case STARTS -> Optional.of(value.startsWith(text));
            case ENDS -> Optional.of(value.endsWith(text));
            case CONTAINS -> Optional.of(value.contains(text));
            default -> Optional.empty();
        };
    }

    /** Whether it asks whether the entry of a map is there. */
    boolean asksFor(Path entry) {
        Comparison comparison = atom.comparison();
        if (comparison == null || entry.key() == null) {
            return atom.text().contains("has(" + entry + ")");
        }
        return switch (comparison.operator()) {
            case HAS -> comparison.path().equals(entry);
            case HOLDS ->
                comparison.path().equals(new Path(entry.word(), null))
                        && comparison.literal().equals(entry.key());
            default -> false;
        };
    }
}
