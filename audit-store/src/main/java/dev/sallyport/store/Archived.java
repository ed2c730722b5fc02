package dev.sallyport.store;

/** What is asked for stands in an entry that has been archived: it lies before the first that is still here. */
public final class Archived extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long first;

    Archived(long first) {
        super("entries before " + first + " have been archived", null, false, false);
        this.first = first;
    }

    /** The index of the first entry that is still here. */
    public long first() {
        return first;
    }
}
