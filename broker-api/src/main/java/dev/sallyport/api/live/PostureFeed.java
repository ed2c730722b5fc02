package dev.sallyport.api.live;

import dev.sallyport.core.live.Postures;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.PostureFact;

/** Keeps the posture in memory that the database holds. */
public final class PostureFeed {

    private final PostgresStore store;
    private final Postures postures;
    private long known = -1;

    public PostureFeed(PostgresStore store, Postures postures) {
        this.store = store;
        this.postures = postures;
    }

    /**
     * Returns when everything up to an entry counts here.
     *
     * @param entry one that says something of an agent
     * @throws dev.sallyport.core.Unavailable when the database can't answer
     */
    public synchronized void atLeast(long entry) {
        if (entry > known) {
            store.postures(known + 1, this::take);
            known = Math.max(known, entry);
        }
    }

    private void take(PostureFact fact) {
        postures.put(fact.agent(), fact.writer(), fact.attribute(), fact.value(), fact.expires());
        known = Math.max(known, fact.entry());
    }
}
