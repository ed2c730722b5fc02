package dev.sallyport.core.log;

/** What became of an append. */
public sealed interface Appended {

    /**
     * The entry is durable.
     *
     * @param index its position in the log, from 0, without gaps
     */
    record Recorded(long index) implements Appended {}

    /**
     * Nothing was appended: policy, directory, revocation or key state has changed since the decision.
     *
     * @param epoch the epoch that is current now, or a later one than the decision's
     */
    record StateMoved(long epoch) implements Appended {}
}
