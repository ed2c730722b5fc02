package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.api.web.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;

/** The body of an admin request, read up to a limit. */
final class Body {

    private final byte[] bytes;
    private final Format format;

    private Body(byte[] bytes, Format format) {
        this.bytes = bytes;
        this.format = format;
    }

    static Body of(ServerRequest request, int limit) throws IOException {
        Format format = format(request);
        try (InputStream in = request.servletRequest().getInputStream()) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new Problem(413, "too-large", "the body is larger than " + limit + " bytes");
            }
            return new Body(bytes, format);
        }
    }

    byte[] bytes() {
        return bytes;
    }

    /** As its {@code Content-Type} says; JSON where it does not. */
    Format format() {
        return format;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    private static Format format(ServerRequest request) {
        MediaType type = request.headers().contentType().orElse(MediaType.APPLICATION_JSON);
        if (MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
            return Format.JSON;
        }
        if (MediaType.APPLICATION_YAML.isCompatibleWith(type)) {
            return Format.YAML;
        }
        throw new Problem(
                415,
                "unsupported-media-type",
                "the body must be application/json or application/yaml",
                Map.of(),
                Map.of("Accept", "application/json, application/yaml"));
    }
}
