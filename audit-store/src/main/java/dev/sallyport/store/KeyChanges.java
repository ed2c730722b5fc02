package dev.sallyport.store;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.token.KeySchedule;
import dev.sallyport.core.token.SigningKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes keys and ends them, by schedule, on demand and in emergencies.
 *
 * <p>Each change is one transaction: it waits for others like it, appends an entry for each key and begins a new epoch, so that
 * no token that an ended key has signed is recorded after it. Methods throw {@link Unavailable} when the database can't answer.
 */
public final class KeyChanges {

    /** How many keys are told of. */
    private static final int TOLD = 500;

    private static final List<String> PURPOSES = List.of(SigningKey.PURPOSE, LogKey.PURPOSE);
    private static final Author SCHEDULE = new Author("key-rotation", null);

    private final DataSource source;
    private final Keys keys;
    private final InstantSource clock;
    private final KeySchedule schedule;
    private final String origin;

    KeyChanges(DataSource source, Keys keys, InstantSource clock, KeySchedule schedule, String origin) {
        this.source = source;
        this.keys = keys;
        this.clock = clock;
        this.schedule = schedule;
        this.origin = origin;
    }

    /**
     * The keys and how they stand at a moment.
     *
     * @param keys those that are in use, and then those that have ended, the youngest first
     */
    public record Standings(List<KnownKey> keys, Instant now) {

        /** How one of them stands. */
        public KeyStatus of(KnownKey key) {
            return KeyStatus.of(key, keys, now);
        }
    }

    /** The keys, up to 500. */
    public Standings standings() {
        return Transaction.run(
                source,
                Transaction.SNAPSHOT,
                connection -> new Standings(Keys.known(connection, TOLD), clock.instant()));
    }

    /** Makes the first key of each kind that has none; replicas that start at once end up with one. */
    public void makeMissing() {
        if (!missing(standings().keys()).isEmpty()) {
            long _ = change(connection -> {
                KeyWork work = work(connection, Map.of());
                for (Kind kind : missing(work.live())) {
                    KnownKey _ = work.make(kind.purpose(), kind.algorithm(), work.now());
                }
                return work.epoch();
            });
        }
    }

    private record Kind(String purpose, String algorithm) {}

    private static List<Kind> missing(List<KnownKey> known) {
        return PURPOSES.stream()
                .flatMap(purpose -> NewKey.algorithms(purpose).stream().map(algorithm -> new Kind(purpose, algorithm)))
                .filter(kind ->
                        known.stream().noneMatch(key -> key.live() && key.isOf(kind.purpose(), kind.algorithm())))
                .toList();
    }

    /** Makes what is due and retires what is over; nothing happens where another replica has done it. */
    public void keepSchedule() {
        Standings now = standings();
        if (new KeyPlan(schedule, now.keys(), now.now()).isEmpty()) {
            return;
        }
        long _ = change(connection -> {
            KeyWork work = work(connection, SCHEDULE.detail());
            KeyPlan plan = new KeyPlan(schedule, work.live(), work.now());
            for (String algorithm : plan.due()) {
                KnownKey _ = work.make(SigningKey.PURPOSE, algorithm, schedule.activation(work.now()));
            }
            for (KnownKey key : plan.over()) {
                if (!key.purpose().equals(LogKey.PURPOSE) || work.signedByOthers(key)) {
                    work.end(key, "retired");
                }
            }
            return work.epoch();
        });
    }

    /**
     * Makes the next keys of a purpose. Where one waits for its turn already, or two log keys sign, that one is the answer.
     *
     * @param algorithm one of the purpose's; null for all of them
     * @return the next keys, and the epoch that begins with them
     * @throws Invalid when the purpose has no such algorithm, or its keys never change
     */
    public Rotated rotate(String purpose, @Nullable String algorithm, @Nullable String reason, Author author) {
        List<String> known = NewKey.algorithms(purpose);
        Invalid.unless(!known.isEmpty(), "purpose", "must be one of " + String.join(", ", PURPOSES));
        Invalid.unless(
                algorithm == null || known.contains(algorithm), "alg", "must be one of " + String.join(", ", known));
        return change(connection -> {
            KeyWork work = work(connection, detail(reason, author));
            boolean log = purpose.equals(LogKey.PURPOSE);
            Instant begins = log ? work.now() : schedule.activation(work.now());
            List<KnownKey> next = new ArrayList<>();
            for (String each : algorithm == null ? known : List.of(algorithm)) {
                Optional<KnownKey> waiting = log ? work.successor(purpose, each) : work.waiting(purpose, each);
                next.add(waiting.isPresent() ? waiting.get() : work.make(purpose, each, begins));
            }
            return new Rotated(next, work.epoch());
        });
    }

    /**
     * The next keys.
     *
     * @param epoch the one that begins with them
     */
    public record Rotated(List<KnownKey> keys, long epoch) {

        public Rotated {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Ends a key at once: it signs nothing more, and nothing that it has signed counts here. Where it was signing, the next one
     * signs from now on. What has ended already stays as it is, and nothing is logged.
     *
     * @return the epoch that begins with it; empty where there is no such key
     * @throws Invalid when keys of its purpose never change
     */
    public Optional<Long> revoke(String kid, String reason, Author author) {
        return change(connection -> {
            KeyWork work = work(connection, detail(reason, author));
            Optional<KnownKey> found = work.find(kid);
            if (found.isPresent() && found.get().live()) {
                KnownKey key = found.get();
                Invalid.unless(PURPOSES.contains(key.purpose()), "kid", "is that of a key that can't be revoked");
                work.revoke(key);
            }
            return found.map(_ -> work.epoch());
        });
    }

    /** Seals under the first key-encryption key what is sealed under another; an entry says so. */
    public void reseal() {
        boolean due = Transaction.run(
                source,
                Transaction.SNAPSHOT,
                connection -> keys.rows(connection).stream()
                        .anyMatch(row -> !keys.sealer().upToDate(row.sealed())));
        if (due) {
            long _ = change(connection -> {
                KeyWork work = work(connection, Map.of());
                work.reseal();
                return work.epoch();
            });
        }
    }

    /**
     * Gives up the keys that no key-encryption key opens, with an entry for each, and makes the first ones of their kinds
     * again. What they have signed no longer verifies; the log goes on from its last checkpoint, under another key.
     */
    public void discardUnreadable() {
        long _ = change(connection -> {
            KeyWork work = work(connection, Map.of());
            work.discard();
            return work.epoch();
        });
    }

    private static Map<String, Object> detail(@Nullable String reason, Author author) {
        Map<String, Object> detail = author.detail();
        if (reason != null) {
            detail.put("reason", reason);
        }
        return detail;
    }

    private KeyWork work(Connection connection, Map<String, Object> why) throws SQLException {
        Documents.lock(connection);
        return new KeyWork(
                connection,
                keys,
                Keys.known(connection, Integer.MAX_VALUE),
                origin,
                clock.instant(),
                new TreeMap<>(why));
    }

    private <T> T change(Transaction.Work<T> work) {
        return Transaction.run(source, Transaction.CHANGE, work);
    }
}
