package dev.sallyport.store;

/** An entry that should be here is not, and was not archived either: somebody has removed it. */
public final class Lost extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long index;

    Lost(long index) {
        super("entry " + index + " is missing from the log", null, false, false);
        this.index = index;
    }

    /** The entry's. */
    public long index() {
        return index;
    }
}
