package dev.sallyport.api.push;

import dev.sallyport.api.history.ExportFormat;
import dev.sallyport.api.outbound.OutboundPost;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.Delivery;
import dev.sallyport.store.LogEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends entries as lines of a {@code POST}: whatever answers with a status from 200 to 299 has taken them.
 *
 * <p>The same entries may come again, after an answer that got lost: a receiver tells them by their index, which is in each line
 * (in OCSF as {@code metadata.sequence}).
 */
public final class PushedLog implements Delivery.Receiver {

    /** Where the body ends, with the entry that fills it. */
    private static final int FULL = 1 << 20;

    private static final String FIELD = "push-url";

    private final OutboundPost outbound;
    private final URI url;
    private final ExportFormat format;
    private final @Nullable HeaderFile header;

    /** Checks the settings; throws {@link Invalid} naming the one that breaks a rule. */
    public PushedLog(OutboundPost outbound, URI url, String format, @Nullable HeaderFile header) {
        Invalid.unless(
                ("https".equals(url.getScheme()) || "http".equals(url.getScheme())) && url.getHost() != null,
                FIELD,
                "must be a URL that begins with https://");
        Invalid.unless(
                url.getRawUserInfo() == null && url.getRawFragment() == null,
                FIELD,
                "must have no user and no fragment; credentials go into the file of push-header");
        this.outbound = outbound;
        this.url = url;
        this.format = ExportFormat.of("push-format", format);
        this.header = header;
    }

    @Override
    public int take(List<LogEntry> entries) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        int taken = 0;
        while (taken < entries.size() && lines.size() < FULL) {
            format.write(entries.get(taken), lines);
            taken++;
        }
        int status = outbound.post(url, headers(), lines.toByteArray());
        if (status < 200 || status > 299) {
            throw new IOException(url.getHost() + " answered " + status);
        }
        return taken;
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "application/x-ndjson"));
        if (header != null) {
            header.addTo(headers);
        }
        return headers;
    }
}
