package dev.sallyport.api.state;

import dev.sallyport.core.jwt.PrivateJwk;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.log.Notes;
import dev.sallyport.core.token.KeyRing;
import dev.sallyport.core.token.KeyRing.Member;
import dev.sallyport.core.token.SigningKey;
import dev.sallyport.store.KeyRecord;
import java.security.Provider;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the keys that are stored into those that sign. */
final class StoredKeys {

    private StoredKeys() {}

    /**
     * The keys of tokens.
     *
     * @param known a ring whose keys are taken over rather than made ready again; a {@code kid} names one key for ever
     */
    static KeyRing ring(List<KeyRecord> records, @Nullable Provider crypto, @Nullable KeyRing known) {
        Map<String, SigningKey> ready = known == null
                ? Map.of()
                : known.published().stream().collect(Collectors.toMap(SigningKey::kid, Function.identity()));
        return new KeyRing(youngestFirst(records, SigningKey.PURPOSE)
                .map(record -> new Member(key(record, crypto, ready), record.activates()))
                .toList());
    }

    private static SigningKey key(KeyRecord record, @Nullable Provider crypto, Map<String, SigningKey> ready) {
        SigningKey before = ready.get(record.kid());
        return before != null
                ? before
                : SigningKey.of(PrivateJwk.parse(record.secret(), SigningAlgorithm.of(record.algorithm())), crypto);
    }

    /** The keys of the log. */
    static Notes notes(String origin, List<KeyRecord> records) {
        return new Notes(
                origin,
                youngestFirst(records, LogKey.PURPOSE)
                        .map(record -> LogKey.parse(record.secret()))
                        .toList());
    }

    private static Stream<KeyRecord> youngestFirst(List<KeyRecord> records, String purpose) {
        return records.stream()
                .filter(record -> record.purpose().equals(purpose))
                .sorted(Comparator.comparing(KeyRecord::activates).reversed());
    }
}
