package dev.sallyport.policy;

import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Vocabulary.Facts;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A condition, or a part of one, taken apart at {@code &&}, {@code ||} and {@code !}.
 *
 * <p>The three join outcomes as CEL does: what decides by itself wins over what could not be evaluated, on either side.
 */
sealed interface Predicate {

    Outcome evaluate(Facts facts, String action);

    /** {@code &&}. */
    record All(List<Predicate> parts) implements Predicate {

        @Override
        public Outcome evaluate(Facts facts, String action) {
            Outcome joined = Outcome.TRUE;
            for (Predicate part : parts) {
                switch (part.evaluate(facts, action)) {
                    case FALSE -> {
                        return Outcome.FALSE;
                    }
                    case FAILED -> joined = Outcome.FAILED;
                    case TRUE -> {}
                }
            }
            return joined;
        }
    }

    /** {@code ||}. */
    record Any(List<Predicate> parts) implements Predicate {

        @Override
        public Outcome evaluate(Facts facts, String action) {
            Outcome joined = Outcome.FALSE;
            for (Predicate part : parts) {
                switch (part.evaluate(facts, action)) {
                    case TRUE -> {
                        return Outcome.TRUE;
                    }
                    case FAILED -> joined = Outcome.FAILED;
                    case FALSE -> {}
                }
            }
            return joined;
        }
    }

    /** {@code !}. */
    record Not(Predicate part) implements Predicate {

        @Override
        public Outcome evaluate(Facts facts, String action) {
            return part.evaluate(facts, action).not();
        }
    }

    /**
     * What is not taken apart any further.
     *
     * @param text as it would be written
     * @param reads what it reads
     * @param check evaluates it
     * @param comparison what it compares, where it is simple enough to say
     */
    record Atom(
            String text,
            List<Path> reads,
            Check check,
            @Nullable Comparison comparison) implements Predicate {

        @Override
        public Outcome evaluate(Facts facts, String action) {
            return check.evaluate(facts, action);
        }

        /** The text that says so, or the contrary. */
        String text(boolean outcome) {
            String contrary = comparison == null ? null : comparison.negated();
            if (outcome) {
                return text;
            }
            return contrary == null ? (text.contains(" ") ? "!(" + text + ")" : "!" + text) : contrary;
        }

        /** Why it can't be evaluated, in words. */
        String problem(Facts facts, String action) {
            List<String> absent = reads.stream()
                    .filter(path -> path.value(facts, action) == null)
                    .map(path -> path + " is absent")
                    .toList();
            if (!absent.isEmpty()) {
                return String.join(", ", absent);
            }
            return Objects.requireNonNullElse(
                    check.problem(facts, action), "what it reads is of another type than it takes");
        }
    }

    /** Evaluates an atom. */
    @FunctionalInterface
    interface Check {

        Outcome evaluate(Facts facts, String action);

        /** What CEL says of a failure; null where CEL was not asked. */
        default @Nullable String problem(Facts facts, String action) {
            return null;
        }
    }

    /**
     * Something that a condition can read.
     *
     * @param word a word of the {@link Vocabulary}
     * @param key the entry of it, where it is a map and an entry is read; otherwise null
     */
    record Path(String word, @Nullable String key) {

        /** Its value; null where it is absent. */
        @Nullable
        Object value(Facts facts, String action) {
            if (key != null && word.equals(Vocabulary.CLAIMS)) {
                return facts.claim(key);
            }
            Object value = facts.get(word, action);
            return key != null && value instanceof Map<?, ?> map ? map.get(key) : value;
        }

        @Override
        public String toString() {
            if (key == null) {
                return word;
            }
            return key.matches("[A-Za-z_][A-Za-z0-9_]*") ? word + "." + key : word + "[" + Comparison.quoted(key) + "]";
        }
    }
}
