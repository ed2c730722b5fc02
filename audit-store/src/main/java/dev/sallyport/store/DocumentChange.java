package dev.sallyport.store;

import org.jspecify.annotations.Nullable;

/**
 * What a revision does to one document.
 *
 * @param kind what it is, such as {@code policy}
 * @param name unique within its kind
 * @param before its JSON until now; null where there is none
 * @param after its JSON from now on; null where it is removed
 */
public record DocumentChange(
        String kind,
        String name,
        @Nullable String before,
        @Nullable String after) {

    /** A document that is new. */
    static DocumentChange added(Document document) {
        return new DocumentChange(document.kind(), document.name(), null, document.json());
    }
}
