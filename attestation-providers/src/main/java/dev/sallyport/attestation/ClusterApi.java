package dev.sallyport.attestation;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server of one Kubernetes cluster, as the broker's own account there.
 *
 * <p>Duties: only over TLS that is verified; never longer than it is told; no redirects; at most {@value #MAX_BYTES} bytes of
 * answer; a bounded number of calls at once, so that a cluster that hangs is in nobody else's way. What can't be had is an
 * {@link IOException}.
 */
public interface ClusterApi {

    /** The largest answer, in bytes. */
    int MAX_BYTES = 256 * 1024;

    /**
     * Sends one request.
     *
     * @param path its path on the server
     * @param json what to POST; null for a GET
     * @param within how long all of it may take
     */
    Answer send(String path, byte @Nullable [] json, Duration within) throws IOException;

    /** What it answered. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way to a parser; nobody compares these records.
    record Answer(int status, byte[] body) {

        @Override
        public String toString() {
            return "Answer[" + status + "]";
        }
    }
}
