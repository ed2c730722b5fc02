package dev.sallyport.api.push;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with one header, {@code Name: value}, such as the receiver's token; read anew each time, so that it can be replaced.
 *
 * @param path the file
 */
public record HeaderFile(Path path) {

    private static final int MAX_BYTES = 8 * 1024;
    private static final Pattern LINE = Pattern.compile(
            "(?<name>[A-Za-z0-9-]{1,64}):[ \\t]*(?<value>[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?)\\s*");

    /** Throws {@link Invalid} where the file can't be read, or has something else in it. */
    public HeaderFile {
        Optional<Matcher> line;
        try {
            line = read(path);
        } catch (IOException e) {
            throw new Invalid("push-header", path + " does not exist or can't be read");
        }
        Invalid.unless(line.isPresent(), "push-header", path + " must have one line, Name: value");
    }

    void addTo(Map<String, String> headers) throws IOException {
        Matcher line = read(path).orElseThrow(() -> new IOException(path + " has no line Name: value any more"));
        headers.put(line.group("name"), line.group("value"));
    }

    private static Optional<Matcher> read(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            Matcher line = LINE.matcher(new String(bytes, StandardCharsets.UTF_8));
            return bytes.length <= MAX_BYTES && line.matches() ? Optional.of(line) : Optional.empty();
        }
    }
}
