package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.api.document.Kind;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Documents as files hold them: each file is a bundle, or a part of one. */
final class DocumentFiles {

    private static final int MOST = 64 << 20;
    private static final int MOST_FILES = 10_000;
    private static final int DEEPEST = 16;

    private final Map<Kind, Map<String, JsonNode>> documents = new EnumMap<>(Kind.class);

    /** Reads files, directories and {@code -} for standard input. */
    static DocumentFiles read(List<String> sources, Surroundings surroundings) throws Failure {
        DocumentFiles files = new DocumentFiles();
        for (String source : sources) {
            if (source.equals("-")) {
                files.add("standard input", bytes(source, surroundings));
            } else {
                for (Path file : found(Path.of(source))) {
                    files.add(file.toString(), bytes(file.toString(), surroundings));
                }
            }
        }
        return files;
    }

    /** The documents of one kind by their names, in the order in which they were read. */
    Map<String, JsonNode> of(Kind kind) {
        return documents.getOrDefault(kind, Map.of());
    }

    /** The bytes of a file, or of standard input. */
    static byte[] bytes(String source, Surroundings surroundings) throws Failure {
        try (InputStream in = source.equals("-") ? surroundings.input() : Files.newInputStream(Path.of(source))) {
            byte[] bytes = in.readNBytes(MOST + 1);
            if (bytes.length > MOST) {
                throw Failure.badInput("-f: " + source + " is larger than 64 MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.badInput("-f: " + source + " can't be read");
        }
    }

    private static List<Path> found(Path source) throws Failure {
        if (!Files.isDirectory(source)) {
            return List.of(source);
        }
        try (Stream<Path> walk = Files.walk(source, DEEPEST)) {
            List<Path> files = walk.filter(DocumentFiles::holdsDocuments)
                    .limit(MOST_FILES)
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw Failure.badInput("-f: " + source + " has no *.yaml, *.yml or *.json");
            }
            return files;
        } catch (IOException e) {
            throw Failure.badInput("-f: " + source + " can't be read");
        }
    }

    /** Expectations about policies stand beside them, and are none. */
    private static boolean holdsDocuments(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.matches(".+\\.(yaml|yml|json)") && !name.endsWith(".test.yaml") && Files.isRegularFile(file);
    }

    private void add(String file, byte[] bytes) throws Failure {
        JsonNode bundle = parsed(file, bytes);
        if (!bundle.isObject()) {
            throw Failure.badInput(file + ": must be an object with trustProviders, agents, targets and policies");
        }
        for (Map.Entry<String, JsonNode> list : bundle.properties()) {
            Kind kind = Arrays.stream(Kind.values())
                    .filter(each -> each.field().equals(list.getKey()))
                    .findFirst()
                    .orElseThrow(() -> Failure.badInput(file + ": " + Table.plain(list.getKey())
                            + ": is not a known field; known are trustProviders, agents, targets and policies"));
            add(file, kind, list.getValue());
        }
    }

    private static JsonNode parsed(String file, byte[] bytes) throws Failure {
        try {
            return Documents.readRequest(bytes, Format.YAML, JsonNode.class);
        } catch (Invalid invalid) {
            throw Failure.of(file, invalid);
        }
    }

    private void add(String file, Kind kind, JsonNode list) throws Failure {
        if (!list.isArray()) {
            throw Failure.badInput(file + ": " + kind.field() + ": must be a list");
        }
        Map<String, JsonNode> known = documents.computeIfAbsent(kind, any -> new LinkedHashMap<>());
        for (int i = 0; i < list.size(); i++) {
            JsonNode document = list.get(i);
            String field = file + ": " + kind.field() + "[" + i + "]";
            JsonNode name = document.path("name");
            if (!name.isString()) {
                throw Failure.badInput(field + ".name: is missing");
            }
            if (known.put(name.asString(), document) != null) {
                throw Failure.badInput(field + ".name: there are two of that name: " + Table.plain(name.asString()));
            }
        }
    }
}
