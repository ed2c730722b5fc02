package dev.sallyport.api.admin;

import dev.sallyport.api.replay.Candidates;
import dev.sallyport.api.replay.Period;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.policy.Policy;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be replayed, as it is sent.
 *
 * @param policies all candidates; null where {@code changes} says what differs
 * @param changes what differs from the policies in force
 * @param from the earliest time
 * @param to the first time that is too late
 * @param last how long ago it begins, instead of both
 * @param fromIndex the first index of the log
 * @param toIndex the first index that is too high
 * @param limit how many groups of each kind are listed
 */
record ReplayRequest(
        @Nullable List<Policy> policies,
        @Nullable PolicyChanges changes,
        @Nullable String from,
        @Nullable String to,
        @Nullable String last,
        @Nullable Long fromIndex,
        @Nullable Long toIndex,
        @Nullable Integer limit) {

    private static final int USUAL_LIMIT = 100;
    private static final int MOST = 1_000;
    private static final Instant YEAR_1 = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant YEAR_9999 = Instant.parse("9999-12-31T00:00:00Z");

    /** How many groups of each kind are listed. */
    int listed() {
        int listed = Objects.requireNonNullElse(limit, USUAL_LIMIT);
        Invalid.unless(listed >= 1 && listed <= MOST, "limit", "must be a number from 1 to " + MOST);
        return listed;
    }

    /** Compiles the candidates; throws {@link Invalid} in terms of what was sent. */
    Candidates candidates(Loaded loaded) {
        Invalid.unless(policies == null || changes == null, "changes", "goes without policies");
        if (changes != null) {
            return changes.upon(loaded);
        }
        if (policies == null) {
            throw new Invalid("policies", "is missing, and so is changes");
        }
        PolicyChanges.checkThere("policies", policies);
        return Candidates.of(policies, loaded);
    }

    /** The period that is meant. */
    Period period(Instant now) {
        Invalid.unless(
                from != null || last != null || fromIndex != null,
                "from",
                "is missing; say when it begins with from, last or fromIndex");
        Invalid.unless(last == null || (from == null && to == null), "last", "goes without from and to");
        Instant begins = last == null ? instant("from", from) : now.minus(PastDays.parse("last", last));
        Instant ends = instant("to", to);
        Invalid.unless(begins == null || !begins.isAfter(now), "from", "lies in the future");
        Invalid.unless(begins == null || ends == null || !ends.isBefore(begins), "to", "must not be before from");
        long first = index("fromIndex", fromIndex, 0);
        long end = index("toIndex", toIndex, Long.MAX_VALUE);
        Invalid.unless(first <= end, "toIndex", "must not be below fromIndex");
        return new Period(begins, ends, first, end);
    }

    private static long index(String field, @Nullable Long index, long otherwise) {
        Invalid.unless(index == null || index >= 0, field, "must be an index of the log, from 0");
        return index == null ? otherwise : index;
    }

    private static @Nullable Instant instant(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Instant time = Instant.parse(text);
            Invalid.unless(time.isAfter(YEAR_1) && time.isBefore(YEAR_9999), field, "must have a year of four digits");
            return time;
        } catch (DateTimeParseException _) {
            throw new Invalid(field, "must be a time such as 2026-05-01T12:00:00Z");
        }
    }
}
