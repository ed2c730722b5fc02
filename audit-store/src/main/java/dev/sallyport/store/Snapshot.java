package dev.sallyport.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole state at one moment.
 *
 * @param epoch the head's epoch: what is decided by this state is appended under it
 * @param revision the newest revision of the documents; 0 before the first
 * @param documents those in force, by kind and name; null where they are those of a revision that the reader knows
 * @param suspensions what is switched off, by kind and name
 * @param keys all keys, the oldest first
 * @param doors those that the database's owner has opened past all documents
 */
public record Snapshot(
        long epoch,
        long revision,
        @Nullable List<LiveDocument> documents,
        List<Suspension> suspensions,
        List<KeyRecord> keys,
        List<BreakGlass> doors) {

    public Snapshot {
        documents = documents == null ? null : List.copyOf(documents);
        suspensions = List.copyOf(suspensions);
        keys = List.copyOf(keys);
        doors = List.copyOf(doors);
    }
}
