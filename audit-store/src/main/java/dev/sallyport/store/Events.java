package dev.sallyport.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything in the log, for auditors, read from the entries themselves.
 *
 * <p>Each method is one short transaction: whoever writes what it returns to a slow reader holds nothing of the database
 * meanwhile. All throw {@link dev.sallyport.core.Unavailable} when the database can't answer.
 */
public interface Events {

    /** How many entries one page looks at, at most. */
    int SCAN = 20_000;

    /** The number of entries in the log. */
    long size();

    /** The index of the first entry that has not been archived; both methods below know only those from it on. */
    default long first() {
        return 0;
    }

    /**
     * One page, the newest first. It may hold fewer than there are, even none, and still lead on: a page looks at
     * {@value #SCAN} entries at most.
     *
     * @param before the index that all of the page are below; {@link Long#MAX_VALUE} for the first page
     * @param limit how many at most, from 1
     */
    Page list(Query query, long before, int limit);

    /**
     * The latest checkpoint, once there is one that covers so many entries: it is waited for, at most {@code 2 s}, and no
     * connection is held meanwhile. Empty where there is none by then.
     */
    Optional<Checkpoint> checkpoint(long atLeast);

    /**
     * Entries in the order of the log, from an index on; fewer than asked for, but one at least, where they are large.
     *
     * @param to the first index that is too high
     * @param limit how many at most, from 1
     */
    List<LogEntry> read(long from, long to, int limit);

    /**
     * What to look for: all that is not null must hold.
     *
     * @param from the earliest time
     * @param to the first time that is too late
     */
    record Query(
            @Nullable String type,
            @Nullable Instant from,
            @Nullable Instant to) {

        /** Everything. */
        public static final Query ALL = new Query(null, null, null);
    }

    /**
     * Some of the entries.
     *
     * @param next the index that the next page is below; 0 where this is the last
     */
    record Page(List<LogEntry> items, long next) {

        public Page {
            items = List.copyOf(items);
        }
    }
}
