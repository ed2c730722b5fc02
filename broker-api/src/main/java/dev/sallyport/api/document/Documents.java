package dev.sallyport.api.document;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.store.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
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
                    .build())
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .build();

    private Documents() {}

    /** Reads a bundle; YAML includes JSON. Throws {@link Invalid} with the path of the field. */
    public static Configuration readBundle(Path file) {
        try {
            Invalid.unless(Files.size(file) <= MAX_BUNDLE, "bootstrap", file + " is larger than 64 MiB");
            return read(YAML, Files.readString(file), Configuration.class);
        } catch (IOException e) {
            throw new Invalid("bootstrap", file + " can't be read: " + e.getMessage());
        }
    }

    /** Reads back what {@link #write} wrote. */
    public static Configuration read(Collection<Document> documents) {
        return new Configuration(
                each(documents, "trust-provider", TrustProvider.class),
                each(documents, "agent", Agent.class),
                each(documents, "target", Target.class),
                each(documents, "policy", Policy.class));
    }

    /** Turns a configuration into the documents that are stored. */
    public static List<Document> write(Configuration configuration) {
        List<Document> documents = new ArrayList<>();
        configuration.trustProviders().forEach(each -> documents.add(write("trust-provider", each.name(), each)));
        configuration.agents().forEach(each -> documents.add(write("agent", each.name(), each)));
        configuration.targets().forEach(each -> documents.add(write("target", each.name(), each)));
        configuration.policies().forEach(each -> documents.add(write("policy", each.name(), each)));
        return documents;
    }

    private static Document write(String kind, String name, Object document) {
        String json = JSON.writeValueAsString(document);
        Invalid.unless(storable(json), kind + " " + name, "holds a NUL character or half of a surrogate pair");
        return new Document(kind, name, json);
    }

    private static boolean storable(String json) {
        return !json.contains("\\u0000") && StandardCharsets.UTF_8.newEncoder().canEncode(json);
    }

    private static <T> List<T> each(Collection<Document> documents, String kind, Class<T> type) {
        return documents.stream()
                .filter(document -> document.kind().equals(kind))
                .map(document -> read(JSON, document.json(), type))
                .toList();
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
