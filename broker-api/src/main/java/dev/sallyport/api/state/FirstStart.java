package dev.sallyport.api.state;

import dev.sallyport.api.document.Documents;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.token.SigningKey;
import dev.sallyport.store.Document;
import dev.sallyport.store.KeyRecord;
import dev.sallyport.store.LiveDocument;
import dev.sallyport.store.PostgresStore;
import java.security.Provider;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an empty database needs before it can serve: the bundle, and keys to sign tokens and checkpoints with. */
public final class FirstStart {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    private final PostgresStore store;
    private final StateCompiler compiler;
    private final InstantSource clock;

    public FirstStart(PostgresStore store, StateCompiler compiler, InstantSource clock) {
        this.store = store;
        this.compiler = compiler;
        this.clock = clock;
    }

    /**
     * Applies the bundle to a database without any revision, and makes the first keys.
     *
     * @param bundle the bundle, which may be none
     * @param crypto the cryptography to sign with; null for the JDK's
     */
    public void run(Bundle bundle, @Nullable Provider crypto) {
        if (bundle.given()) {
            apply(bundle);
        }
        KeyRecord _ = store.changes().firstKey(SigningKey.PURPOSE, () -> {
            SigningKey key = SigningKey.generate(crypto);
            return new KeyRecord(
                    key.kid(), key.algorithm().getName(), SigningKey.PURPOSE, key.privateJwk(), clock.instant());
        });
        LogKey _ = logKey(store, clock);
    }

    /** The key that signs checkpoints; made where there is none. */
    public static LogKey logKey(PostgresStore store, InstantSource clock) {
        KeyRecord record = store.changes().firstKey(LogKey.PURPOSE, () -> {
            LogKey key = LogKey.generate();
            return new KeyRecord(key.kid(), key.algorithm(), LogKey.PURPOSE, key.privateJwk(), clock.instant());
        });
        return LogKey.parse(record.secret());
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
