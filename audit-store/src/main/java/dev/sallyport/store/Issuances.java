package dev.sallyport.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The history of access attempts, for auditors.
 *
 * <p>It is read from a projection of the log. All questions wait until that has reached the log's size as it was when they were
 * asked, at most {@code 1.5 s}; after that they answer with what there is. All throw
 * {@link dev.sallyport.core.Unavailable} when the database can't answer.
 */
public interface Issuances {

    /**
     * One page, the newest first: in the order of the log, backwards.
     *
     * @param before the index that all of the page are below; {@link Long#MAX_VALUE} for the first page
     * @param limit how many at most, from 1
     * @throws TooBroad when it takes too long
     */
    Page list(IssuanceQuery query, long before, int limit);

    /**
     * How many there are of each kind.
     *
     * @param by one or more, none of them twice
     * @throws TooBroad when it takes too long
     */
    Counts count(IssuanceQuery query, List<GroupBy> by);

    /** The attempt of a token, by its {@code jti}, or of a decision, by its id; only where its entry is not archived. */
    Optional<Found> find(UUID id);

    /** The index of the first entry that has not been archived. */
    default long first() {
        return 0;
    }

    /**
     * Some of the attempts.
     *
     * @param next the index that the next page is below; 0 where this is the last
     */
    record Page(List<Issuance> items, long next) {

        public Page {
            items = List.copyOf(items);
        }
    }

    /**
     * An attempt with the bytes that the log holds of it.
     *
     * @param leaf the bytes that are hashed
     * @param detail the bytes that the leaf commits to, with the salt; null where erased
     * @param erasure what erased them; null where nothing did
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way to an auditor; nobody compares these records.
    record Found(
            Issuance issuance,
            byte[] leaf,
            byte @Nullable [] detail,
            byte @Nullable [] salt,
            @Nullable Erasure erasure) {

        @Override
        public String toString() {
            return "Found[" + issuance.index() + "]";
        }
    }

    /**
     * What erased a detail.
     *
     * @param index its entry
     */
    record Erasure(long index, Instant time) {}
}
