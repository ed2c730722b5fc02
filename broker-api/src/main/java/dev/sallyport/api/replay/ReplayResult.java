package dev.sallyport.api.replay;

import dev.sallyport.api.replay.Difference.Kind;
import dev.sallyport.store.DecisionHistory.Range;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What candidates would have decided otherwise.
 *
 * @param range the part of the log that was looked at
 * @param first the first entry of the log that is still here
 * @param next the index that it came to: that of the range's end unless it was stopped
 * @param counts what became of the attempts
 * @param differing how many requests would have fared otherwise, of each kind
 * @param groups those that are alike together, the most frequent first
 * @param overflown whether there were more groups than are kept; their requests are counted in {@code differing}
 */
public record ReplayResult(
        Range range,
        long first,
        long next,
        Counts counts,
        Map<Kind, Long> differing,
        List<Group> groups,
        boolean overflown) {

    public ReplayResult {
        differing = Map.copyOf(differing);
        groups = List.copyOf(groups);
    }

    /**
     * What became of the attempts of the period.
     *
     * @param decided those that policies decided, and that the candidates have decided again
     * @param notDecided those that were refused before policies were asked
     * @param erased those whose detail is erased
     * @param unreadable entries that can't be read, or are not there
     */
    public record Counts(long decided, long notDecided, long erased, long unreadable) {}

    /**
     * Requests that would have fared otherwise in the same way.
     *
     * @param example the id of one decision, the first
     * @param exampleIndex its place in the log
     */
    public record Group(
            Difference difference, long count, Instant first, Instant last, String example, long exampleIndex) {}

    /** Whether it looked at all that was asked for. */
    public boolean complete() {
        return next >= range.to();
    }

    /** Whether entries that may belong to what was asked for are archived. */
    public boolean archived() {
        return first > 0 && range.from() <= first;
    }

    /** How many requests differ in that way. */
    public long count(Kind kind) {
        return differing.getOrDefault(kind, 0L);
    }

    /** The groups of one kind, the most frequent first. */
    public List<Group> groups(Kind kind) {
        return groups.stream()
                .filter(group -> group.difference().kind() == kind)
                .toList();
    }
}
