package dev.sallyport.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proven workloads that were refused since no agent was theirs, for auditors.
 *
 * <p>The projection keeps those that were seen last, a hundred thousand and a few thousand more. Whose latest entry was erased is
 * not among them.
 */
public interface Discoveries {

    /**
     * Some of them, those that were first seen last first.
     *
     * @param before the {@link Discovery#first} that all of them are below; {@link Long#MAX_VALUE} for the first ones
     * @param limit how many at most, from 1
     */
    List<Discovery> list(Query query, long before, int limit);

    /**
     * What to look for: all that is not null must hold.
     *
     * @param from last seen at this time or later
     * @param to last seen before this time
     */
    record Query(
            @Nullable String provider,
            @Nullable Instant from,
            @Nullable Instant to) {}

    /**
     * A workload, and the latest refusal that has an entry of its own.
     *
     * @param first the index of the first refusal, which no other workload has
     * @param count how many refusals there were, those that are only summed up among them
     * @param detail the bytes of the latest refusal's detail: they say who it is
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way to an auditor; nobody compares these records.
    record Discovery(long first, String provider, Instant firstSeen, Instant lastSeen, long count, byte[] detail) {

        @Override
        public String toString() {
            return "Discovery[" + first + "]";
        }
    }
}
