package dev.sallyport.api.replay;

import dev.sallyport.api.replay.Difference.Kind;
import dev.sallyport.api.replay.ReplayResult.Counts;
import dev.sallyport.api.replay.ReplayResult.Group;
import dev.sallyport.store.DecisionHistory.Range;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what a replay finds, in bounded memory. */
final class Tally {

    private static final int MOST_GROUPS = 10_000;

    private final Map<Difference, Sum> sums = new HashMap<>();
    private final Map<Kind, Long> differing = new EnumMap<>(Kind.class);
    private long decided;
    private long notDecided;
    private long erased;
    private long unreadable;
    private boolean overflown;

    void decided() {
        decided++;
    }

    void notDecided() {
        notDecided++;
    }

    void erased() {
        erased++;
    }

    void unreadable(long entries) {
        unreadable += entries;
    }

    void differs(RecordedDecision then, Difference difference) {
        differing.merge(difference.kind(), 1L, Long::sum);
        Sum sum = sums.get(difference);
        if (sum == null) {
            if (sums.size() >= MOST_GROUPS) {
                overflown = true;
                return;
            }
            sum = new Sum(then);
            sums.put(difference, sum);
        }
        sum.add(then.request().time());
    }

    ReplayResult result(Range range, long first, long next) {
        List<Group> groups = sums.entrySet().stream()
                .map(each -> each.getValue().group(each.getKey()))
                .sorted(Comparator.comparing((Group group) -> group.difference().kind())
                        .thenComparing(Comparator.comparingLong(Group::count).reversed())
                        .thenComparingLong(Group::exampleIndex))
                .toList();
        Counts counts = new Counts(decided, notDecided, erased, unreadable);
        return new ReplayResult(range, first, next, counts, differing, groups, overflown);
    }

    private static final class Sum {

        private final String example;
        private final long exampleIndex;
        private long count;
        private Instant first;
        private Instant last;

        Sum(RecordedDecision one) {
            this.example = one.id();
            this.exampleIndex = one.index();
            this.first = one.request().time();
            this.last = first;
        }

        void add(Instant time) {
            count++;
            first = time.isBefore(first) ? time : first;
            last = time.isAfter(last) ? time : last;
        }

        Group group(Difference difference) {
            return new Group(difference, count, first, last, example, exampleIndex);
        }
    }
}
