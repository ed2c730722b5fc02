package dev.sallyport.attestation;

import com.nimbusds.jose.JWSHeader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys from the network, served from memory.
 *
 * <p>The first token loads them. When they are no longer fresh they are fetched again in the background, and serve on
 * while that fails, until they are stale. A kid that they lack is worth one fetch that its callers wait for, but not one
 * after the other, so that made-up kids can't make the broker hammer an issuer. After a failed fetch there is a pause, so
 * that a dead issuer costs its callers no time. {@link KnownKeys} holds these bounds. There is never more than one fetch
 * under way, and nobody who comes with a known kid waits for it.
 */
final class JwksCache implements KeySource {

    /** An attestor answers within two seconds, whatever the network does; keys that come later serve the next token. */
    private static final Duration PATIENCE = Duration.ofMillis(1900);

    private static final System.Logger LOG = System.getLogger(JwksCache.class.getName());

    private final Jwks jwks;
    private final LongSupplier nanoTime;
    private final Executor background;
    private final AtomicReference<@Nullable Flight> underWay = new AtomicReference<>();
    private volatile KnownKeys known = KnownKeys.NONE;

    JwksCache(Jwks jwks, LongSupplier nanoTime, Executor background) {
        this.jwks = jwks;
        this.nanoTime = nanoTime;
        this.background = background;
    }

    @Override
    public Match match(JWSHeader header) {
        long now = nanoTime.getAsLong();
        KnownKeys before = known;
        KeySet keys = before.at(now);
        if (keys == null) {
            KeySet loaded = awaited(fetch(Cause.AGE)).at(now);
            return loaded == null ? new Match.Unreachable() : loaded.match(header);
        }
        Match match = keys.match(header);
        if (match instanceof Match.Unknown) {
            KnownKeys after = awaited(fetch(Cause.UNKNOWN_KID));
            KeySet newer = after.failing() ? null : after.at(now);
            return newer == null ? new Match.Unreachable() : newer.match(header);
        }
        if (!before.fresh(now)) {
            fetch(Cause.AGE);
        }
        return match;
    }

    /** The fetch that is under way, or a new one, or what is known already where that has to do. */
    private Flight fetch(Cause cause) {
        long now = nanoTime.getAsLong();
        Flight mine = new Flight(now, new CompletableFuture<>());
        if (known.suffices(cause, now)) {
            mine.result().complete(known);
            return mine;
        }
        Flight theirs = underWay.compareAndExchange(null, mine);
        if (theirs != null) {
            return theirs;
        }
        if (known.suffices(cause, now)) { // one has landed since
            land(known, mine);
        } else {
            background.execute(() -> fly(cause, mine));
        }
        return mine;
    }

    private void fly(Cause cause, Flight flight) {
        KnownKeys after = null;
        try {
            after = fetched(cause);
        } finally {
            land(after == null ? known.failed(nanoTime.getAsLong()) : after, flight);
        }
    }

    private KnownKeys fetched(Cause cause) {
        try {
            KeySet keys = jwks.fetch();
            KeySet before = known.at(nanoTime.getAsLong());
            if (before != null && keys.olderThan(before)) {
                throw new IOException("they are older than those that were fetched before, by their sequence number");
            }
            return known.loaded(keys, cause, nanoTime.getAsLong());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Keys can''t be fetched: {0}", explained(e));
            return known.failed(nanoTime.getAsLong());
        }
    }

    /** Callers are let go last, so that they find what they waited for. */
    private void land(KnownKeys after, Flight flight) {
        known = after;
        underWay.set(null);
        flight.result().complete(after);
    }

    private KnownKeys awaited(Flight flight) {
        long left = PATIENCE.toNanos() - (nanoTime.getAsLong() - flight.began());
        try {
            return flight.result().get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return KnownKeys.NONE;
        } catch (TimeoutException | ExecutionException e) {
            return KnownKeys.NONE;
        }
    }

    private static String explained(Exception e) {
        return e.getCause() == null
                ? String.valueOf(e.getMessage())
                : e.getMessage() + ": " + e.getCause().getMessage();
    }

    /** Fetches the keys once. */
    @FunctionalInterface
    interface Jwks {
        KeySet fetch() throws IOException;
    }

    /** Why keys are fetched. */
    enum Cause {
        AGE,
        UNKNOWN_KID
    }

    private record Flight(long began, CompletableFuture<KnownKeys> result) {}
}
