package dev.sallyport.api.history;

import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.store.Events;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Answers with the log, a few callers at a time. Where an export breaks off, so does the connection. */
final class EventExport {

    /** The log's size that a whole export ends at. */
    static final String SIZE_HEADER = "Sallyport-Log-Size";

    private static final MediaType NDJSON = new MediaType("application", "x-ndjson");

    /** So that batches in memory stay bounded, however many ask. */
    private static final int MOST_AT_ONCE = 8;

    private final Events events;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    EventExport(Events events) {
        this.events = events;
    }

    ServerResponse export(ServerRequest request) {
        ExportRequest asked = ExportRequest.of(request);
        requireKept(asked);
        if (places.availablePermits() == 0) {
            throw new Problem(
                    503, "busy", MOST_AT_ONCE + " exports are running already", Map.of(), Map.of("Retry-After", "10"));
        }
        ExportedLog log = ExportedLog.settled(events, asked);
        return ServerResponse.ok()
                .contentType(NDJSON)
                .cacheControl(CacheControl.noStore())
                .header(SIZE_HEADER, Long.toString(log.size()))
                .build((servletRequest, response) -> {
                    writeInPlace(log, response.getOutputStream());
                    return null;
                });
    }

    /** An export never begins later than was asked for, nor without saying so. */
    private void requireKept(ExportRequest asked) {
        long first = events.first();
        if (asked.from() < first) {
            throw Problems.archived(first);
        }
    }

    /** Takes its place only here: an answer may end before it is written, and would never give the place back. */
    private void writeInPlace(ExportedLog log, OutputStream out) throws IOException {
        if (!places.tryAcquire()) {
            throw new IOException("others took the last places for exports");
        }
        try {
            log.write(out);
        } finally {
            places.release();
        }
    }
}
