package dev.sallyport.store;

/** What is stored of the log does not fit together: somebody has altered it, or a part of it is missing. */
final class Disagreement extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Disagreement(String what) {
        super(what);
    }

    static void unless(boolean holds, String what) {
        if (!holds) {
            throw new Disagreement(what);
        }
    }
}
