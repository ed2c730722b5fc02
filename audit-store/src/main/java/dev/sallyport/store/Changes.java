package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.log.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Changes what decisions depend on: the documents, what is switched off, the keys, the issuer.
 *
 * <p>Each change is one transaction that appends its own entry and begins a new epoch, so no token that was decided before it
 * is recorded after it. Methods throw {@link Unavailable} when the database can't answer; the outcome may then be either.
 */
public final class Changes {

    private static final String APPLIED = "applied";
    private static final int MAX_ATTRIBUTES = 64;

    /** How far the clock of the replica that issued a token may be ahead. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final DataSource source;
    private final Keys keys;
    private final InstantSource clock;

    Changes(DataSource source, Keys keys, InstantSource clock) {
        this.source = source;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Stores the first documents as revision 1, unless the database has a revision.
     *
     * @return whether it did
     */
    public boolean bootstrap(List<Document> documents) {
        return revise(0, documents.stream().map(DocumentChange::added).toList(), Author.BOOTSTRAP)
                .isPresent();
    }

    /**
     * Stores the revision after one that the caller has seen, all of it or nothing.
     *
     * @param base the revision that the changes were made for
     * @return the epoch that begins with it; empty where another revision came first, and nothing was stored
     */
    public OptionalLong revise(long base, List<DocumentChange> changes, Author author) {
        return change(connection -> {
            Documents.lock(connection);
            if (Documents.revision(connection) != base) {
                return OptionalLong.empty();
            }
            Instant now = clock.instant();
            long revision = base + 1;
            Documents.revise(connection, revision, now, author.name(), changes);
            Map<String, Object> detail = Documents.detail(revision, author, changes);
            return OptionalLong.of(
                    StateChange.begin(connection).record(new Entry(now, "configuration", APPLIED, null, detail)));
        });
    }

    /**
     * Switches something off. What is off already stays as it is, and nothing is logged.
     *
     * @return the epoch that begins with it
     */
    public long suspend(String kind, String name, String reason, Author author) {
        return change(connection -> {
            StateChange change = StateChange.begin(connection);
            Suspension suspension = new Suspension(kind, name, clock.instant(), reason, author.name());
            return Suspensions.insert(connection, suspension)
                    ? change.record(switched("suspended", kind, name, reason, author))
                    : change.epoch();
        });
    }

    /**
     * Switches something on again. What is on already stays as it is, and nothing is logged.
     *
     * @return the epoch that begins with it
     */
    public long resume(String kind, String name, @Nullable String reason, Author author) {
        return change(connection -> {
            StateChange change = StateChange.begin(connection);
            return Suspensions.delete(connection, kind, name)
                    ? change.record(switched("resumed", kind, name, reason, author))
                    : change.epoch();
        });
    }

    private Entry switched(String outcome, String kind, String name, @Nullable String reason, Author author) {
        Map<String, Object> detail = author.detail();
        detail.put("kind", kind);
        detail.put("name", name);
        if (reason != null) {
            detail.put("reason", reason);
        }
        return new Entry(clock.instant(), "suspension", outcome, null, detail);
    }

    /**
     * Revokes one token. What is revoked already stays so, and nothing is logged.
     *
     * <p>The epoch stays, since no decision depends on a token that was issued: whoever holds one can't hold up others.
     *
     * @param expires when the token does
     * @return the index of the entry that revokes it
     */
    public long revoke(UUID jti, Instant expires, @Nullable String reason, Author author) {
        OptionalLong before = Transaction.run(source, Transaction.SNAPSHOT, c -> RevocationTable.find(c, jti));
        return before.isPresent()
                ? before.getAsLong()
                : change(connection -> {
                    StateChange change = StateChange.begin(connection);
                    OptionalLong meanwhile = RevocationTable.find(connection, jti);
                    if (meanwhile.isPresent()) {
                        return meanwhile.getAsLong();
                    }
                    change.append(revoked(Map.of("jti", jti.toString()), reason, author));
                    RevocationTable.insert(connection, new Revocation(change.index(), jti, null, null, expires));
                    StateChange.announce(connection);
                    return change.index();
                });
    }

    /**
     * Revokes all tokens of an agent, a target or a trust provider that are recorded before this.
     *
     * @return the index of the entry that revokes them
     */
    public long revokeAll(String kind, String name, @Nullable String reason, Author author) {
        return change(connection -> {
            StateChange change = StateChange.begin(connection);
            Instant last = clock.instant().plus(TokenRules.HARD_CAP).plus(SKEW);
            RevocationTable.insert(connection, new Revocation(change.index(), null, kind, name, last));
            long _ = change.record(revoked(Map.of("kind", kind, "name", name), reason, author));
            return change.index();
        });
    }

    private Entry revoked(Map<String, Object> what, @Nullable String reason, Author author) {
        Map<String, Object> detail = author.detail();
        detail.putAll(what);
        if (reason != null) {
            detail.put("reason", reason);
        }
        return new Entry(clock.instant(), "revocation", APPLIED, null, detail);
    }

    /**
     * Says something of an agent, or takes it back: the author's own word, in place of its word before.
     *
     * <p>The epoch stays. Replicas hear of it as of a revocation.
     *
     * @param attributes strings, booleans, {@code Long} and {@code Double}; null takes an attribute back
     * @return the index of the entry that says so
     * @throws Invalid when the author has too many attributes of the agent
     */
    public long say(String agent, Map<String, ? extends @Nullable Object> attributes, Instant expires, Author author) {
        return change(connection -> {
            StateChange change = StateChange.begin(connection);
            int others = PostureTable.count(connection, agent, author.name(), attributes);
            Invalid.unless(
                    others + attributes.size() <= MAX_ATTRIBUTES,
                    "attributes",
                    "would be more than " + MAX_ATTRIBUTES + " of one agent by one writer");
            Map<String, Object> detail = author.detail();
            detail.put("agent", agent);
            detail.put("attributes", attributes);
            detail.put("expires", expires.toString());
            change.append(new Entry(clock.instant(), "posture", APPLIED, null, detail));
            PostureTable.put(connection, change.index(), agent, author.name(), attributes, expires);
            StateChange.announce(connection);
            return change.index();
        });
    }

    /**
     * Seals and stores a key.
     *
     * @throws Invalid when there is one of that name already
     */
    public void addKey(KeyRecord key) {
        change(connection -> insert(connection, key));
    }

    /**
     * The oldest key of a purpose, which is made now where there is none; replicas that start at once end up with one.
     *
     * @param maker makes it; not called where there is one
     */
    public KeyRecord firstKey(String purpose, Supplier<KeyRecord> maker) {
        return change(connection -> {
            Documents.lock(connection);
            for (KeyRecord stored : keys.all(connection)) {
                if (stored.purpose().equals(purpose)) {
                    return stored;
                }
            }
            KeyRecord made = maker.get();
            insert(connection, made);
            return made;
        });
    }

    private long insert(Connection connection, KeyRecord key) throws SQLException {
        keys.insert(connection, key);
        Entry entry = new KeyEntry(KnownKey.of(key), clock.instant()).applied(Map.of());
        return StateChange.begin(connection).record(entry);
    }

    /** Sets this database up for an issuer, instead of the one before perhaps; the log says so. */
    public void storeIssuer(String issuer) {
        change(connection -> {
            StateChange change = StateChange.begin(connection);
            Map<String, Object> detail = new TreeMap<>(Map.of("issuer", issuer));
            Settings.read(connection, Settings.ISSUER).ifPresent(before -> detail.put("before", before));
            Settings.write(connection, Settings.ISSUER, issuer);
            return change.record(new Entry(clock.instant(), "issuer", APPLIED, null, detail));
        });
    }

    private <T> T change(Transaction.Work<T> work) {
        return Transaction.run(source, Transaction.CHANGE, work);
    }
}
