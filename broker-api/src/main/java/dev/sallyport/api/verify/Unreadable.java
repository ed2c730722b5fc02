package dev.sallyport.api.verify;

import org.jspecify.annotations.Nullable;

/** Nothing could be judged: a file or a server can't be read. */
final class Unreadable extends Exception {

    private static final long serialVersionUID = 1L;

    Unreadable(String what) {
        this(what, null);
    }

    Unreadable(String what, @Nullable Throwable cause) {
        super(what, cause, false, false);
    }
}
