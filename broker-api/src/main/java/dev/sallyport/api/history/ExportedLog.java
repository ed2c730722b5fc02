package dev.sallyport.api.history;

import dev.sallyport.core.Unavailable;
import dev.sallyport.store.Checkpoint;
import dev.sallyport.store.Events;
import dev.sallyport.store.LogEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as it is written out: entries one a line up to a size that is settled at the start, and the checkpoint of that size.
 *
 * <p>It reads a batch, lets go of the database, writes the batch, and only then reads the next: a slow reader holds up nobody
 * and the memory of one export is one batch. Where the database fails on the way it breaks off, so that nobody takes the part
 * for the whole; the caller goes on at the index behind the last whole line.
 */
public final class ExportedLog {

    private static final Logger LOG = LoggerFactory.getLogger(ExportedLog.class);
    private static final int BATCH = 2_000;

    private final Events events;
    private final ExportRequest asked;
    private final long size;
    private final @Nullable Checkpoint checkpoint;

    private ExportedLog(Events events, ExportRequest asked, long size, @Nullable Checkpoint checkpoint) {
        this.events = events;
        this.asked = asked;
        this.size = size;
        this.checkpoint = checkpoint;
    }

    /**
     * Settles where an export is to end: at the latest checkpoint that covers all that is in the log now, which may take 2 s to
     * come. Where it does not come, or would not fit behind what is asked for, the export ends where the log does.
     */
    static ExportedLog settled(Events events, ExportRequest asked) {
        long size = events.size();
        Optional<Checkpoint> covering = asked.takesCheckpointOf(size)
                ? events.checkpoint(size).filter(found -> asked.takesCheckpointOf(found.size()))
                : Optional.empty();
        return new ExportedLog(events, asked, covering.map(Checkpoint::size).orElse(size), covering.orElse(null));
    }

    /** Everything, as the broker exports it. */
    public static ExportedLog whole(Events events) {
        return settled(events, ExportRequest.WHOLE);
    }

    /** The log's size that a whole export ends at. */
    public long size() {
        return size;
    }

    public void write(OutputStream out) throws IOException {
        Buffer lines = new Buffer();
        long to = Math.min(asked.to(), size);
        long next = asked.from();
        while (next < to) {
            List<LogEntry> batch = batch(next, to);
            if (batch.isEmpty()) {
                break;
            }
            for (LogEntry entry : batch) {
                asked.format().write(entry, lines);
            }
            lines.moveTo(out);
            next = batch.getLast().index() + 1;
        }
        if (checkpoint != null) {
            lines.writeBytes(ExportFormat.line(checkpoint));
            lines.moveTo(out);
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

    /** Lines that are written at once. */
    private static final class Buffer extends ByteArrayOutputStream {

        void moveTo(OutputStream out) throws IOException {
            writeTo(out);
            out.flush();
            reset();
        }
    }
}
