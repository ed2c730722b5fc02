package dev.sallyport.attestation;

import java.io.IOException;
import java.net.URI;

/**
 * Fetches a public document.
 *
 * <p>Duties: at most {@value #MAX_BYTES} bytes, bounded in time, no redirects, only from addresses that are allowed, and
 * connected to the address that was checked. What can't be had is an {@link IOException} whose message an admin may read;
 * it never repeats the body.
 */
@FunctionalInterface
public interface Fetch {

    /** The largest document, in bytes. */
    int MAX_BYTES = 1024 * 1024;

    byte[] get(URI uri) throws IOException;
}
