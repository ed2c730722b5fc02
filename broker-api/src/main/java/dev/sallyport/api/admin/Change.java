package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Named;
import dev.sallyport.store.DocumentChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one document.
 *
 * @param before the document until now; null where it is added
 * @param after the document from now on; null where it is removed
 */
record Change(
        Kind kind,
        String name,
        @Nullable Named before,
        @Nullable Named after) {

    /** What turns one configuration into another: the smallest set of changes, by kind and then as the lists have them. */
    static List<Change> between(Configuration before, Configuration after) {
        List<Change> changes = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            Map<String, ? extends Named> old = byName(kind, before);
            Map<String, ? extends Named> fresh = byName(kind, after);
            old.forEach((name, document) -> {
                Named now = fresh.get(name);
                if (!document.equals(now)) {
                    changes.add(new Change(kind, name, document, now));
                }
            });
            fresh.forEach((name, document) -> {
                if (!old.containsKey(name)) {
                    changes.add(new Change(kind, name, null, document));
                }
            });
        }
        return changes;
    }

    private static Map<String, Named> byName(Kind kind, Configuration configuration) {
        return kind.in(configuration).stream()
                .collect(Collectors.toMap(Named::name, Function.identity(), (a, b) -> a, LinkedHashMap::new));
    }

    /** As it is stored. */
    DocumentChange stored(DocumentSet documents) {
        return new DocumentChange(
                kind.label(),
                name,
                before == null ? null : documents.find(kind, name).orElseThrow().json(),
                after == null ? null : Documents.write(kind, after).json());
    }

    /** As answers show it. */
    Map<String, Object> shown() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("kind", kind.label());
        shown.put("name", name);
        shown.put("change", before == null ? "added" : after == null ? "removed" : "changed");
        if (before != null) {
            shown.put("before", Documents.fields(before));
        }
        if (after != null) {
            shown.put("after", Documents.fields(Objects.requireNonNull(after)));
        }
        return shown;
    }
}
