package dev.sallyport.api.verify;

/** What was shown is not what was logged; the message names the first index that is wrong, where it can be known. */
final class Disagreement extends Exception {

    private static final long serialVersionUID = 1L;

    Disagreement(String what) {
        super(what, null, false, false);
    }

    static Disagreement at(long index, String what) {
        return new Disagreement("entry " + index + ": " + what);
    }

    /** For an entry that is one of several. */
    static Disagreement among(long from, long to, String what) {
        return to - from == 1 ? at(from, what) : new Disagreement("entries " + from + " to " + (to - 1) + ": " + what);
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
