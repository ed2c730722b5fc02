package dev.sallyport.api.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into chunks of whole lines. */
final class Lines {

    /** In bytes: more than any entry needs, little enough to be held. */
    static final int MAX_LINE = 1 << 25;

    /** A chunk of usual lines, in bytes: small enough that the garbage collector makes nothing special of it. */
    static final int CHUNK = 1 << 17;

    private final InputStream stream;
    private byte[] rest = new byte[0];

    Lines(InputStream stream) {
        this.stream = stream;
    }

    /**
     * The next chunk, as large as its lines make it; null at the end. The last one may lack its newline. One that is longer
     * than {@link #MAX_LINE} and holds no newline is the beginning of a line that is too long.
     */
    byte @Nullable [] next() throws IOException {
        byte[] chunk = rest;
        int filled = rest.length;
        while (filled <= MAX_LINE) {
            chunk = Arrays.copyOf(chunk, Math.clamp(2L * filled, CHUNK, MAX_LINE + 1));
            int read = stream.readNBytes(chunk, filled, chunk.length - filled);
            boolean ended = read < chunk.length - filled;
            filled += read;
            int whole = ended ? filled : behindLastNewline(chunk, filled);
            if (whole > 0 || ended) {
                rest = Arrays.copyOfRange(chunk, whole, filled);
                return whole == 0 ? null : Arrays.copyOf(chunk, whole);
            }
        }
        rest = new byte[0];
        return chunk;
    }

    private static int behindLastNewline(byte[] bytes, int end) {
        int at = end;
        while (at > 0 && bytes[at - 1] != '\n') {
            at--;
        }
        return at;
    }
}
