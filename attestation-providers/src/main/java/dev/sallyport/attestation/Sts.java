package dev.sallyport.attestation;

import java.io.IOException;
import java.net.URI;
import java.util.Map;

/**
 * Sends one request to AWS's security token service.
 *
 * <p>Duties: GET, with these headers and no others of its own but {@code Host}; at most two seconds for all of it; no redirects;
 * at most {@value #MAX_BYTES} bytes; never in the way of other callers. What can't be had is an {@link IOException}.
 */
@FunctionalInterface
public interface Sts {

    /** The largest answer, in bytes. */
    int MAX_BYTES = 16 * 1024;

    Answer get(URI uri, Map<String, String> headers) throws IOException;

    /**
     * What it answered.
     *
     * @param contentType its {@code Content-Type}; empty where it has none
     */
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way to a parser; nobody compares these records.
    record Answer(int status, String contentType, byte[] body) {

        @Override
        public String toString() {
            return "Answer[" + status + "]";
        }
    }
}
