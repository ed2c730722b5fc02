package dev.sallyport.api.ctl;

import dev.sallyport.core.Invalid;

/** A command can't do what it was asked to. The message is one line for whoever asked, and holds nothing secret. */
final class Failure extends Exception {

    /** There are differences, the answer is a refusal, or a check failed. */
    static final int NEGATIVE = 1;

    static final int BAD_INPUT = 2;
    static final int NOT_AUTHORISED = 3;
    static final int OUT_OF_REACH = 4;

    private static final long serialVersionUID = 1L;

    private final int code;

    private Failure(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    static Failure negative(String message) {
        return new Failure(NEGATIVE, message);
    }

    static Failure badInput(String message) {
        return new Failure(BAD_INPUT, message);
    }

    static Failure notAuthorised(String message) {
        return new Failure(NOT_AUTHORISED, message);
    }

    static Failure outOfReach(String message) {
        return new Failure(OUT_OF_REACH, message);
    }

    /** What is wrong with something that was given, seen from where it was given. */
    static Failure of(String where, Invalid invalid) {
        String field = invalid.field().isEmpty() ? "" : invalid.field() + ": ";
        return badInput(where + ": " + field + invalid.reason());
    }

    int code() {
        return code;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
