package dev.sallyport.api.document;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.store.Document;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads and writes documents, in YAML and JSON.
 *
 * <p>The domain's records are the documents' shapes. Unknown fields, repeated ones and values of another type are refused
 * with the path of the field.
 */
public final class Documents {

    private static final int MAX_BUNDLE = 64 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private static final ObjectMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .loadSettings(
                            LoadSettings.builder().setCodePointLimit(MAX_BUNDLE).build())
                    .build())
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .build();

    private static final String NAME = "name";
    private static final String STATUS = "status";
    private static final List<String> SHOWN = List.of("warnings", "warningsComplete");
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

    private Documents() {}

    /** Reads a bundle; YAML includes JSON. Throws {@link Invalid} with the path of the field. */
    public static Configuration readBundle(Path file) {
        return read(YAML, text(file), Configuration.class);
    }

    /** The same, with further documents that the bundle's own may refer to. */
    public static Configuration readBundle(Path file, Configuration added) {
        if (!(read(YAML, text(file), JsonNode.class) instanceof ObjectNode bundle)) {
            throw new Invalid("document", "must be an object");
        }
        new Additions(JSON, added).appendTo(bundle);
        return converted(bundle, Configuration.class);
    }

    /** Reads a whole bundle that was sent. Throws {@link Invalid} with the path of the field. */
    public static Configuration readBundle(byte[] body, Format format) {
        return read(format.mapper(), text(body), Configuration.class);
    }

    /**
     * Reads one document that was sent.
     *
     * <p>It may leave out its name, and may bring along what answers show beside it: the {@code status} where its kind can be
     * suspended, and the lint's warnings.
     */
    public static Sent readOne(Kind kind, String name, byte[] body, Format format) {
        if (!(read(format.mapper(), text(body), JsonNode.class) instanceof ObjectNode fields)) {
            throw new Invalid("", "must be an object");
        }
        JsonNode status = kind.suspendable() ? fields.remove(STATUS) : null;
        Invalid.unless(status == null || status.isString(), STATUS, "must be text");
        fields.remove(SHOWN);
        fields.putIfAbsent(NAME, StringNode.valueOf(name));
        Named document = converted(fields, kind.type());
        Invalid.unless(document.name().equals(name), NAME, "must be " + name + ", as in the path");
        write(kind, document);
        return new Sent(document, status == null ? null : status.stringValue());
    }

    /**
     * A document as somebody sent it.
     *
     * @param status whether it is active or suspended, in the sender's opinion; null where it does not say
     */
    public record Sent(Named document, @Nullable String status) {}

    /** Reads why something is done, {@code {"reason": ...}}; null where it does not say. */
    public static @Nullable String readReason(byte[] body, Format format) {
        return readRequest(body, format, Reason.class).reason();
    }

    /** Reads a request of a shape of its own. Throws {@link Invalid} with the path of the field. */
    public static <T> T readRequest(byte[] body, Format format, Class<T> shape) {
        return read(format.mapper(), text(body), shape);
    }

    private record Reason(@Nullable String reason) {}

    /** How a document is written down. */
    public enum Format {
        JSON,
        YAML;

        private ObjectMapper mapper() {
            return this == JSON ? Documents.JSON : Documents.YAML;
        }
    }

    /** A document's fields, for an answer. */
    public static Map<String, Object> fields(Object document) {
        return JSON.convertValue(document, FIELDS);
    }

    /** Reads back what {@link #write} wrote. */
    public static Named read(Document stored) {
        return read(JSON, stored.json(), Kind.of(stored.kind()).type());
    }

    /** Turns a configuration into the documents that are stored. */
    public static List<Document> write(Configuration configuration) {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> kind.in(configuration).stream().map(each -> write(kind, each)))
                .toList();
    }

    /** Turns a document into what is stored; throws {@link Invalid} for text that PostgreSQL can't hold. */
    public static Document write(Kind kind, Named document) {
        String json = JSON.writeValueAsString(document);
        Invalid.unless(storable(json), "", "holds a NUL character or half of a surrogate pair");
        return new Document(kind.label(), document.name(), json);
    }

    private static boolean storable(String json) {
        return !json.contains("\\u0000") && StandardCharsets.UTF_8.newEncoder().canEncode(json);
    }

    private static String text(Path bundle) {
        try {
            Invalid.unless(Files.size(bundle) <= MAX_BUNDLE, "bootstrap", bundle + " is larger than 64 MiB");
            return Files.readString(bundle);
        } catch (IOException e) {
            throw new Invalid("bootstrap", bundle + " can't be read: " + e.getMessage());
        }
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Invalid("", "is not UTF-8");
        }
    }

    private static <T> T converted(JsonNode fields, Class<T> type) {
        try {
            return JSON.treeToValue(fields, type);
        } catch (JacksonException e) {
            throw complaint(e);
        }
    }

    private static <T> T read(ObjectMapper mapper, String text, Class<T> type) {
        try {
            T document = mapper.readValue(text, type);
            if (document == null) {
                throw new Invalid("", "is empty");
            }
            return document;
        } catch (JacksonException e) {
            throw complaint(e);
        }
    }

    private static Invalid complaint(JacksonException e) {
        String path = path(e);
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                new Invalid(
                        path,
                        "is not a known field; known are "
                                + unknown.getKnownPropertyIds().stream()
                                        .map(Object::toString)
                                        .sorted()
                                        .collect(Collectors.joining(", ")));
            case DatabindException bad
            when bad.getCause() instanceof Invalid invalid -> path.isEmpty() ? invalid : invalid.within(path);
            case StreamReadException syntax -> new Invalid(place(syntax), syntax.getOriginalMessage());
            case InvalidFormatException bad -> new Invalid(path, "must be " + wanted(bad.getTargetType()));
            case MismatchedInputException bad ->
                new Invalid(path.isEmpty() ? place(e) : path, "must be " + wanted(bad.getTargetType()));
            default -> new Invalid(path.isEmpty() ? place(e) : path, "can't be read");
        };
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null
                ? "document"
                : "line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static String wanted(@Nullable Class<?> type) {
        if (type == null) {
            return "something else";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(Object::toString)
                            .collect(Collectors.joining(", "));
        }
        if (type == Duration.class) {
            return "an ISO 8601 duration, such as PT5M";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type == String.class) {
            return "text";
        }
        return type.isRecord() || Map.class.isAssignableFrom(type) ? "an object" : type.getSimpleName();
    }
}
