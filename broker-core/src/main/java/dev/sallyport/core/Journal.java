package dev.sallyport.core;

import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Appended.StateMoved;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;

/** Appends entries that rest on no decision: under whatever epoch is current, however often that moves on. */
public final class Journal {

    private static final int MAX_ATTEMPTS = 3;

    private final StateSource states;
    private final IssuanceLog log;

    public Journal(StateSource states, IssuanceLog log) {
        this.states = states;
        this.log = log;
    }

    /**
     * Returns once the entry is durable, with its index.
     *
     * @throws Unavailable when the log can't take it
     */
    public long write(Entry entry) {
        State state = states.current();
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            switch (log.append(entry, state.epoch())) {
                case Recorded(var index) -> {
                    return index;
                }
                case StateMoved(var epoch) -> state = states.atLeast(epoch);
            }
        }
        throw new Unavailable("the configuration is changing too fast");
    }
}
