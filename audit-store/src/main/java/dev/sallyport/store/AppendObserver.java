package dev.sallyport.store;

/**
 * Is told of every batch that was appended.
 *
 * <p>Duties: return at once, and never throw; it is called on the appender's thread, after the callers have their answer.
 */
@FunctionalInterface
public interface AppendObserver {

    /**
     * A batch is durable.
     *
     * @param entries how many entries it held
     * @param nanos how long the database took for it, commit included
     */
    void committed(int entries, long nanos);
}
