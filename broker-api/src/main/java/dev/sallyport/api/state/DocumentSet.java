package dev.sallyport.api.state;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Named;
import dev.sallyport.store.LiveDocument;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The documents of one revision, by kind and name. */
public final class DocumentSet {

    private final long revision;
    private final Map<Kind, NavigableMap<String, Held>> byKind = new EnumMap<>(Kind.class);
    private final Configuration configuration;

    private DocumentSet(long revision, Collection<LiveDocument> documents) {
        this.revision = revision;
        for (Kind kind : Kind.values()) {
            byKind.put(kind, new TreeMap<>());
        }
        documents.forEach(live -> of(Kind.of(live.document().kind()))
                .put(
                        live.document().name(),
                        new Held(
                                Documents.read(live.document()), live.document().json(), live.since())));
        this.configuration =
                Kind.join(kind -> of(kind).values().stream().map(Held::document).toList());
    }

    /** Reads them. */
    public static DocumentSet of(long revision, Collection<LiveDocument> documents) {
        return new DocumentSet(revision, documents);
    }

    /**
     * A document in force.
     *
     * @param json as it is stored
     * @param since the revision that brought it
     */
    public record Held(Named document, String json, long since) {}

    public long revision() {
        return revision;
    }

    public Configuration configuration() {
        return configuration;
    }

    public Optional<Held> find(Kind kind, String name) {
        return Optional.ofNullable(of(kind).get(name));
    }

    /** The first documents behind a name, in the order of names; all names are behind the empty one. */
    public List<Held> after(Kind kind, String name, int limit) {
        return of(kind).tailMap(name, false).values().stream().limit(limit).toList();
    }

    private NavigableMap<String, Held> of(Kind kind) {
        return byKind.getOrDefault(kind, new TreeMap<>());
    }
}
