package dev.sallyport.core.token;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Keys of one kind, one of which signs at any moment: the youngest that has begun.
 *
 * <p>That follows from the stored instants and the clock alone, so replicas agree on it without telling each other. No key
 * ends by itself: it signs until the next one begins.
 *
 * @param youngestFirst the keys, the one that begins last first
 */
public record Succession<K>(List<K> youngestFirst, Function<K, Instant> begins) {

    /** Puts keys in their order. */
    public static <K> Succession<K> of(Collection<K> keys, Function<K, Instant> begins) {
        return new Succession<>(
                keys.stream()
                        .sorted(Comparator.comparing(begins, Comparator.reverseOrder()))
                        .toList(),
                begins);
    }

    /** The key that signs; before any has begun it is the first that will. Empty where there is none. */
    public Optional<K> active(Instant now) {
        for (K key : youngestFirst) {
            if (!begins.apply(key).isAfter(now)) {
                return Optional.of(key);
            }
        }
        return youngestFirst.isEmpty() ? Optional.empty() : Optional.of(youngestFirst.getLast());
    }

    /** When the next one after a key begins; empty for the youngest. */
    public Optional<Instant> succeeded(K key) {
        return youngestFirst.stream()
                .map(begins)
                .filter(each -> each.isAfter(begins.apply(key)))
                .reduce((_, last) -> last);
    }
}
