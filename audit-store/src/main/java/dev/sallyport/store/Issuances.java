package dev.sallyport.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The history of access attempts, for auditors.
 *
 * <p>It is read from a projection of the log. Both questions wait until that has reached the log's size as it was when they were
 * asked, at most {@code 1.5 s}; after that they answer with what there is. Both throw
 * {@link dev.sallyport.core.Unavailable} when the database can't answer.
 */
public interface Issuances {

    /**
     * One page, the newest first.
     *
     * @param after the position that the page before ended at; null for the first page
     * @param limit how many at most, from 1
     */
    Page list(Query query, @Nullable Position after, int limit);

    /** The attempt of a token, by its {@code jti}, or of a decision, by its id; only where its entry is not archived. */
    Optional<Found> find(UUID id);

    /** The index of the first entry that has not been archived. */
    default long first() {
        return 0;
    }

    /**
     * What to look for: all that is not null must hold.
     *
     * @param from the earliest time
     * @param to the first time that is too late
     */
    record Query(
            @Nullable String agent,
            @Nullable String target,
            @Nullable String outcome,
            @Nullable String provider,
            @Nullable Instant from,
            @Nullable Instant to) {

        /** Everything. */
        public static final Query ALL = new Query(null, null, null, null, null, null);
    }

    /** Where one attempt stands in the order. */
    record Position(Instant time, long index) {}

    /**
     * Some of the attempts.
     *
     * @param next where the next page goes on; null where this is the last
     */
    record Page(List<Issuance> items, @Nullable Position next) {

        public Page {
            items = List.copyOf(items);
        }
    }

    /**
     * An attempt with the bytes that the log holds of it.
     *
     * @param leaf the bytes that are hashed
     * @param detail the bytes that the leaf commits to, with the salt; null where erased
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way to an auditor; nobody compares these records.
    record Found(Issuance issuance, byte[] leaf, byte @Nullable [] detail, byte @Nullable [] salt) {

        @Override
        public String toString() {
            return "Found[" + issuance.index() + "]";
        }
    }
}
