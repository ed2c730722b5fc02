package dev.sallyport.core.live;

import dev.sallyport.core.directory.Target;

/** What a token is worth now. */
public sealed interface Standing {

    /**
     * It would be issued again.
     *
     * @param target what it is for
     */
    record Live(Target target) implements Standing {}

    /**
     * It counts no more.
     *
     * @param why in words for whoever it was issued to
     */
    record Dead(String why) implements Standing {}
}
