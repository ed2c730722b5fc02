package dev.sallyport.store;

/** A question took longer than the database may work on one: it must be narrower. */
public final class TooBroad extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooBroad() {
        super("the question takes too long");
    }
}
