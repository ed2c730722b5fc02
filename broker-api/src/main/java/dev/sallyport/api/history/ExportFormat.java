package dev.sallyport.api.history;

import dev.sallyport.core.Invalid;
import dev.sallyport.store.Checkpoint;
import dev.sallyport.store.LogEntry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** How an entry becomes one line of an export. */
public enum ExportFormat {
    /** The stored bytes. Base64 and numbers need no escaping. */
    NDJSON {
        @Override
        public void write(LogEntry entry, ByteArrayOutputStream line) {
            line.writeBytes(INDEX);
            line.writeBytes(ascii(Long.toString(entry.index())));
            line.writeBytes(LEAF);
            line.writeBytes(Base64.getEncoder().encode(entry.leaf()));
            if (entry.detail() != null && entry.salt() != null) {
                line.writeBytes(DETAIL);
                line.writeBytes(Base64.getEncoder().encode(entry.detail()));
                line.writeBytes(SALT);
                line.writeBytes(Base64.getEncoder().encode(entry.salt()));
                line.writeBytes(END);
            } else if (entry.erasure() != null) {
                line.writeBytes(ERASED);
                line.writeBytes(ascii(entry.erasure() + "}\n"));
            } else {
                line.writeBytes(END);
            }
        }
    },

    OCSF {
        @Override
        public void write(LogEntry entry, ByteArrayOutputStream line) {
            line.writeBytes(Ocsf.line(entry).getBytes(StandardCharsets.UTF_8));
        }
    };

    private static final byte[] INDEX = ascii("{\"index\":");
    private static final byte[] LEAF = ascii(",\"leaf\":\"");
    private static final byte[] DETAIL = ascii("\",\"detail\":\"");
    private static final byte[] SALT = ascii("\",\"salt\":\"");
    private static final byte[] ERASED = ascii("\",\"erased\":");
    private static final byte[] END = ascii("\"}\n");

    /** The format of that name; throws {@link Invalid} on the field where there is none. */
    public static ExportFormat of(String field, String name) {
        return switch (name) {
            case "ndjson" -> NDJSON;
            case "ocsf" -> OCSF;
            default -> throw new Invalid(field, "must be ndjson or ocsf");
        };
    }

    /** Appends an entry's line. */
    public abstract void write(LogEntry entry, ByteArrayOutputStream line);

    /** The line behind all entries that a checkpoint covers. */
    static byte[] line(Checkpoint checkpoint) {
        String json = JsonMapper.shared().writeValueAsString(Map.of("checkpoint", checkpoint.note()));
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
