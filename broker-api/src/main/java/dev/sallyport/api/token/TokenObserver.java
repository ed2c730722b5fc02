package dev.sallyport.api.token;

import dev.sallyport.core.Refusal;

/**
 * Is told how each request to the token endpoint ended, and after how many nanoseconds.
 *
 * <p>Duties: return at once, and never throw.
 */
public interface TokenObserver {

    void issued(long nanos);

    void refused(Refusal refusal, long nanos);

    /** A fault of the broker's own, answered 500. */
    void failed(long nanos);
}
