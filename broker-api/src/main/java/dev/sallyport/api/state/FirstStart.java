package dev.sallyport.api.state;

import dev.sallyport.api.document.Documents;
import dev.sallyport.core.possession.NonceKey;
import dev.sallyport.store.Document;
import dev.sallyport.store.KeyChanges;
import dev.sallyport.store.KeyRecord;
import dev.sallyport.store.LiveDocument;
import dev.sallyport.store.PostgresStore;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an empty database needs before it can serve: the bundle, and keys to sign tokens and checkpoints with. */
public final class FirstStart {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    private final PostgresStore store;
    private final StateCompiler compiler;

    public FirstStart(PostgresStore store, StateCompiler compiler) {
        this.store = store;
        this.compiler = compiler;
    }

    /**
     * Applies the bundle to a database without any revision, and makes the first keys.
     *
     * @param bundle the bundle, which may be none
     * @param keys makes them, and seals those again that are sealed under an older key-encryption key
     * @param discard whether keys that no key-encryption key opens are given up
     */
    public void run(Bundle bundle, KeyChanges keys, boolean discard) {
        if (bundle.given()) {
            apply(bundle);
        }
        if (discard) {
            keys.discardUnreadable();
        }
        keys.makeMissing();
        keys.reseal();
    }

    /** The key that nonces are known by; made where there is none. */
    public static NonceKey nonceKey(PostgresStore store, InstantSource clock) {
        KeyRecord record = store.changes().firstKey(NonceKey.PURPOSE, () -> {
            NonceKey key = NonceKey.generate();
            return new KeyRecord(key.kid(), key.algorithm(), NonceKey.PURPOSE, key.privateJwk(), clock.instant());
        });
        return NonceKey.parse(record.secret());
    }

    private void apply(Bundle bundle) {
        compiler.check(bundle.configuration());
        List<Document> documents = Documents.write(bundle.configuration());
        if (!store.changes().bootstrap(documents) && bundle.file() != null) {
            warnOfDifference(bundle, documents);
        }
    }

    /** A bundle is for the first start; later it only tells where the database has gone another way. */
    private void warnOfDifference(Bundle bundle, List<Document> documents) {
        Set<Document> stored = Objects.requireNonNull(store.load().documents()).stream()
                .map(LiveDocument::document)
                .collect(Collectors.toSet());
        Set<Document> given = new HashSet<>(documents);
        List<String> differing = Stream.concat(
                        given.stream().filter(each -> !stored.contains(each)),
                        stored.stream().filter(each -> !given.contains(each)))
                .map(each -> each.kind() + " " + each.name())
                .distinct()
                .sorted()
                .toList();
        if (!differing.isEmpty()) {
            LOG.warn(
                    "{} is not applied: this database has a configuration already, which differs in {}",
                    bundle.file(),
                    String.join(", ", differing));
        }
    }
}
