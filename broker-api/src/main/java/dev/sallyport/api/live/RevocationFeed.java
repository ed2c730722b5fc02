package dev.sallyport.api.live;

import dev.sallyport.core.live.Revocations;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.Revocation;
import java.util.Objects;

/** Keeps the revocations in memory those that the database holds. */
public final class RevocationFeed {

    private final PostgresStore store;
    private final Revocations revocations;
    private long known = -1;

    public RevocationFeed(PostgresStore store, Revocations revocations) {
        this.store = store;
        this.revocations = revocations;
    }

    /**
     * Returns when everything up to a revocation is in force here.
     *
     * @param entry the entry of the revocation
     * @throws dev.sallyport.core.Unavailable when the database can't answer
     */
    public synchronized void atLeast(long entry) {
        if (entry > known) {
            store.revocations(known + 1, this::take);
            known = Math.max(known, entry);
        }
    }

    private void take(Revocation each) {
        if (each.jti() != null) {
            revocations.add(each.jti(), each.expires());
        } else {
            revocations.add(
                    Objects.requireNonNull(each.kind()),
                    Objects.requireNonNull(each.name()),
                    each.entry(),
                    each.expires());
        }
        known = Math.max(known, each.entry());
    }
}
