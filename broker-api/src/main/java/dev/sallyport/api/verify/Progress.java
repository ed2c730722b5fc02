package dev.sallyport.api.verify;

import java.io.PrintWriter;

/** Tells on long work how far it has come. */
final class Progress {

    private static final long EVERY = 1 << 17;

    private final PrintWriter out;

    Progress(PrintWriter out) {
        this.out = out;
    }

    void at(long index) {
        if (index % EVERY == 0 && index > 0) {
            say("... entry " + index);
        }
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }
}
