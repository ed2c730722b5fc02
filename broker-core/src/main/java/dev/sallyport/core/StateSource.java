package dev.sallyport.core;

/** Where the broker gets the state from. */
public interface StateSource {

    /** The newest state that is loaded. Never blocks. */
    State current();

    /**
     * A state of at least that epoch, loaded if need be.
     *
     * @throws Unavailable when it can't be loaded within a few seconds
     */
    State atLeast(long epoch);
}
