package dev.sallyport.store;

import java.util.List;

/**
 * The whole state at one moment.
 *
 * @param epoch the head's epoch: what is decided by this state is appended under it
 * @param revision the newest revision of the documents; 0 before the first
 * @param documents the live ones, by kind and name
 * @param keys all keys, the oldest first
 */
public record Snapshot(long epoch, long revision, List<Document> documents, List<KeyRecord> keys) {

    public Snapshot {
        documents = List.copyOf(documents);
        keys = List.copyOf(keys);
    }
}
