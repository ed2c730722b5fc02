package dev.sallyport.core;

/**
 * Something that the broker needs could not answer: the log, the database or a verifier's keys.
 *
 * <p>The one kind of breakage that the spine knows. It is caught once, in {@link Broker#exchange}, drops whatever was
 * minted, and is answered 503: fail closed.
 */
public final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Something is missing.
     *
     * @param what the part that is missing, in words that a caller may read
     */
    public Unavailable(String what) {
        super(what, null, false, false);
    }

    public Unavailable(String what, Throwable cause) {
        super(what, cause);
    }

    public String what() {
        return String.valueOf(getMessage());
    }
}
