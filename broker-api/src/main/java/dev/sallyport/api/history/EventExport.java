package dev.sallyport.api.history;

import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.core.Unavailable;
import dev.sallyport.store.Events;
import dev.sallyport.store.LogEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Writes entries out, one JSON object a line, up to the size that the log had at the start.
 *
 * <p>It reads a batch, lets go of the database, writes the batch, and only then reads the next: a slow reader holds up nobody
 * and the memory of one export is one batch. Where the database fails on the way, the connection breaks off, so that nobody
 * takes the part for the whole; the caller goes on at the index behind the last whole line.
 */
final class EventExport {

    /** The log's size at the start, which a whole export ends at. */
    static final String SIZE_HEADER = "Sallyport-Log-Size";

    private static final Logger LOG = LoggerFactory.getLogger(EventExport.class);
    private static final MediaType NDJSON = new MediaType("application", "x-ndjson");
    private static final int BATCH = 500;

    /** So that batches in memory stay bounded, however many ask. */
    private static final int MOST_AT_ONCE = 8;

    private final Events events;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    EventExport(Events events) {
        this.events = events;
    }

    ServerResponse export(ServerRequest request) {
        ExportRequest asked = ExportRequest.of(request);
        long size = events.size();
        requireKept(asked);
        if (places.availablePermits() == 0) {
            throw new Problem(
                    503, "busy", MOST_AT_ONCE + " exports are running already", Map.of(), Map.of("Retry-After", "10"));
        }
        return ServerResponse.ok()
                .contentType(NDJSON)
                .cacheControl(CacheControl.noStore())
                .header(SIZE_HEADER, Long.toString(size))
                .build((servletRequest, response) -> {
                    writeInPlace(asked, size, response.getOutputStream());
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
    private void writeInPlace(ExportRequest asked, long size, OutputStream out) throws IOException {
        if (!places.tryAcquire()) {
            throw new IOException("others took the last places for exports");
        }
        try {
            write(asked, size, out);
        } finally {
            places.release();
        }
    }

    private void write(ExportRequest asked, long size, OutputStream out) throws IOException {
        long next = asked.from();
        long to = Math.min(asked.to(), size);
        while (next < to) {
            List<LogEntry> batch = batch(next, to);
            if (batch.isEmpty()) {
                return;
            }
            for (LogEntry entry : batch) {
                out.write(asked.line().apply(entry).getBytes(StandardCharsets.UTF_8));
            }
            out.flush();
            next = batch.getLast().index() + 1;
        }
    }

    private List<LogEntry> batch(long from, long to) throws IOException {
        try {
            return events.read(from, to, BATCH);
        } catch (Unavailable broken) {
            LOG.warn("an export broke off at entry {}: {}", from, broken.what());
            throw new IOException("the export can't go on", broken);
        }
    }

    /** The stored bytes of an entry. Base64 and numbers need no escaping. */
    static String line(LogEntry entry) {
        StringBuilder line = new StringBuilder(512).append("{\"index\":").append(entry.index());
        append(line, "leaf", entry.leaf());
        if (entry.detail() != null && entry.salt() != null) {
            append(line, "detail", entry.detail());
            append(line, "salt", entry.salt());
        }
        return line.append("}\n").toString();
    }

    private static void append(StringBuilder line, String name, byte[] bytes) {
        line.append(",\"")
                .append(name)
                .append("\":\"")
                .append(Base64.getEncoder().encodeToString(bytes))
                .append('"');
    }
}
