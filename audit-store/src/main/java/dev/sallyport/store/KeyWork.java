package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.log.Notes;
import dev.sallyport.core.token.KeySchedule;
import dev.sallyport.core.token.Succession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps of one change of keys, within its transaction, each with its entry. */
final class KeyWork {

    private final Connection connection;
    private final Keys keys;
    private final List<KnownKey> known;
    private final String origin;
    private final Instant now;
    private final Map<String, Object> why;
    private long epoch;

    /**
     * Begins.
     *
     * @param known all keys, as they are now
     * @param why what each entry says besides
     */
    KeyWork(
            Connection connection,
            Keys keys,
            List<KnownKey> known,
            String origin,
            Instant now,
            Map<String, Object> why) {
        this.connection = connection;
        this.keys = keys;
        this.known = new ArrayList<>(known);
        this.origin = origin;
        this.now = now;
        this.why = why;
    }

    Instant now() {
        return now;
    }

    /** The last epoch that began here; 0 where nothing was done. */
    long epoch() {
        return epoch;
    }

    List<KnownKey> live() {
        return known.stream().filter(KnownKey::live).toList();
    }

    Optional<KnownKey> find(String kid) {
        return known.stream().filter(key -> key.kid().equals(kid)).findFirst();
    }

    /** The youngest key of a kind if it has yet to begin. */
    Optional<KnownKey> waiting(String purpose, String algorithm) {
        return kind(purpose, algorithm).youngestFirst().stream()
                .filter(key -> key.activates().isAfter(now))
                .findFirst();
    }

    /** The youngest key of a kind of which there are several. */
    Optional<KnownKey> successor(String purpose, String algorithm) {
        List<KnownKey> youngestFirst = kind(purpose, algorithm).youngestFirst();
        return youngestFirst.size() > 1 ? Optional.of(youngestFirst.getFirst()) : Optional.empty();
    }

    private Succession<KnownKey> kind(String purpose, String algorithm) {
        return Succession.of(
                live().stream().filter(key -> key.isOf(purpose, algorithm)).toList(), KnownKey::activates);
    }

    KnownKey make(String purpose, String algorithm, Instant activates) throws SQLException {
        KeyRecord made = NewKey.of(purpose, algorithm, now, activates);
        keys.insert(connection, made);
        KnownKey key = KnownKey.of(made);
        known.add(key);
        record(new KeyEntry(key, now).applied(why));
        return key;
    }

    void end(KnownKey key, String how) throws SQLException {
        Keys.end(connection, key.kid(), now, how);
        known.remove(key);
        record(new KeyEntry(key, now).ended(how, why));
    }

    /** Ends a key; where it was the one that signs, the next one begins, which is made now if none waits. */
    void revoke(KnownKey key) throws SQLException {
        if (key.purpose().equals(LogKey.PURPOSE)) {
            revokeLogKey(key);
            return;
        }
        boolean signs = kind(key.purpose(), key.algorithm())
                .active(now)
                .filter(key::equals)
                .isPresent();
        end(key, "revoked");
        if (signs) {
            begin(key.purpose(), key.algorithm(), now.minus(KeySchedule.APART));
        }
    }

    /** Dated back, so that replicas whose clocks are behind take it for begun as well. */
    private void begin(String purpose, String algorithm, Instant activates) throws SQLException {
        Optional<KnownKey> waiting = kind(purpose, algorithm).youngestFirst().stream()
                .filter(key -> key.activates().isAfter(activates))
                .min(Comparator.comparing(KnownKey::activates));
        if (waiting.isEmpty()) {
            KnownKey _ = make(purpose, algorithm, activates);
            return;
        }
        KnownKey next = waiting.get();
        Keys.activate(connection, next.kid(), activates);
        KnownKey begun =
                new KnownKey(next.kid(), next.algorithm(), next.purpose(), next.created(), activates, null, null);
        known.set(known.indexOf(next), begun);
        record(new KeyEntry(begun, now).activated(why));
    }

    /** The old key still vouches for the checkpoint that the next key's first one continues; then it is gone. */
    private void revokeLogKey(KnownKey key) throws SQLException {
        Notes before = notes(keys.all(connection));
        end(key, "revoked");
        if (kind(key.purpose(), key.algorithm()).youngestFirst().isEmpty()) {
            KnownKey _ = make(key.purpose(), key.algorithm(), now);
        }
        signCheckpoint(before);
    }

    private void signCheckpoint(@Nullable Notes trusted) throws SQLException {
        Notes signers = Objects.requireNonNull(notes(keys.all(connection)));
        Head head;
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT)) {
            head = Head.read(select);
        }
        try {
            boolean _ = new NextCheckpoint(connection, head, trusted).sign(signers, now);
        } catch (Disagreement e) {
            // The checkpointer tells of it, and signs nothing either; the key has to go all the same.
        }
    }

    private @Nullable Notes notes(List<KeyRecord> records) {
        List<LogKey> signers = records.stream()
                .filter(key -> key.purpose().equals(LogKey.PURPOSE))
                .sorted(Comparator.comparing(KeyRecord::activates).reversed())
                .map(key -> LogKey.parse(key.secret()))
                .toList();
        return signers.isEmpty() ? null : new Notes(origin, signers);
    }

    /** Whether the last checkpoint verifies without a log key. */
    boolean signedByOthers(KnownKey key) throws SQLException {
        Notes others = notes(keys.all(connection).stream()
                .filter(each -> !each.kid().equals(key.kid()))
                .toList());
        return others != null
                && Checkpoint.latest(connection)
                        .filter(last -> last.isSigned(others))
                        .isPresent();
    }

    void reseal() throws SQLException {
        List<String> resealed = new ArrayList<>();
        for (Keys.Row row : keys.rows(connection)) {
            if (!keys.sealer().upToDate(row.sealed())) {
                keys.reseal(connection, keys.unsealed(row));
                resealed.add(row.key().kid());
            }
        }
        if (!resealed.isEmpty()) {
            Map<String, Object> detail =
                    Map.of("kids", resealed, "key_encryption_key", keys.sealer().id());
            record(new Entry(now, "key", "resealed", null, detail));
        }
    }

    void discard() throws SQLException {
        List<KnownKey> lost = new ArrayList<>();
        for (Keys.Row row : keys.rows(connection)) {
            if (!opens(row)) {
                lost.add(row.key());
            }
        }
        for (KnownKey key : lost) {
            end(key, "discarded");
        }
        if (lost.stream().anyMatch(key -> key.purpose().equals(LogKey.PURPOSE))) {
            if (kind(LogKey.PURPOSE, LogKey.ALGORITHM).youngestFirst().isEmpty()) {
                KnownKey _ = make(LogKey.PURPOSE, LogKey.ALGORITHM, now);
            }
            signCheckpoint(null);
        }
    }

    private boolean opens(Keys.Row row) {
        try {
            KeyRecord _ = keys.unsealed(row);
            return true;
        } catch (Invalid closed) {
            return false;
        }
    }

    private void record(Entry entry) throws SQLException {
        epoch = StateChange.begin(connection).record(entry);
    }
}
