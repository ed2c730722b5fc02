package dev.sallyport.core.log;

/**
 * The last room: the append-only log.
 *
 * <p>Duties: return {@link Appended.Recorded} only after the commit that holds the entry is durable; append nothing that was decided
 * under another epoch than the current one; throw {@link dev.sallyport.core.Unavailable} where the outcome of the commit is
 * not known, so that the caller discards what the entry speaks of.
 */
@FunctionalInterface
public interface IssuanceLog {

    /**
     * Appends one entry, and waits.
     *
     * @param epoch the epoch of the state that the entry was decided under
     */
    Appended append(Entry entry, long epoch);
}
