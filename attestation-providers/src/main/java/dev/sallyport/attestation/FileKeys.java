package dev.sallyport.attestation;

import com.nimbusds.jose.JWSHeader;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.Provider;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys in a local file, read again when it was modified.
 *
 * <p>That is looked at by use, at most every five seconds. A file that became unreadable changes nothing but the log: its
 * last keys stay.
 */
final class FileKeys implements KeySource {

    static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(FileKeys.class.getName());

    private final Path path;
    private final KeyFormat format;
    private final @Nullable Provider crypto;
    private final LongSupplier nanoTime;
    private final AtomicLong looked;
    private volatile Content content;

    /** Throws {@link Invalid} when the file can't be read or holds no keys. */
    FileKeys(Path path, KeyFormat format, @Nullable Provider crypto, LongSupplier nanoTime) {
        this.path = path;
        this.format = format;
        this.crypto = crypto;
        this.nanoTime = nanoTime;
        this.looked = new AtomicLong(nanoTime.getAsLong());
        this.content = content();
    }

    @Override
    public Match match(JWSHeader header) {
        long last = looked.get();
        long now = nanoTime.getAsLong();
        if (now - last >= LOOK_EVERY.toNanos() && looked.compareAndSet(last, now)) {
            reloadIfModified();
        }
        return content.keys().match(header);
    }

    KeySet keys() {
        return content.keys();
    }

    /** Reads the file now; throws {@link Invalid} when that fails, and keeps the keys there were. */
    void reload() {
        content = content();
    }

    private void reloadIfModified() {
        try {
            if (!Files.getLastModifiedTime(path).equals(content.modified())) {
                reload();
            }
        } catch (IOException | Invalid e) {
            LOG.log(System.Logger.Level.WARNING, "The keys in {0} can''t be read again: {1}", path, e.getMessage());
        }
    }

    private Content content() {
        try {
            FileTime modified = Files.getLastModifiedTime(path);
            return new Content(KeySources.strict("keys.file", Json.object(bytes()), format, crypto), modified);
        } catch (IOException e) {
            throw new Invalid("keys.file", "can't be read");
        } catch (ParseException e) {
            throw new Invalid("keys.file", "is not a JSON object");
        }
    }

    private byte[] bytes() throws IOException {
        try (InputStream file = Files.newInputStream(path)) {
            byte[] json = file.readNBytes(Fetch.MAX_BYTES + 1);
            Invalid.unless(json.length <= Fetch.MAX_BYTES, "keys.file", "is larger than " + Fetch.MAX_BYTES + " bytes");
            return json;
        }
    }

    private record Content(KeySet keys, FileTime modified) {}
}
