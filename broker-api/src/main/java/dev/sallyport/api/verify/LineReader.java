package dev.sallyport.api.verify;

import dev.sallyport.api.verify.ExportLine.Broken;
import dev.sallyport.api.verify.ExportLine.Entry;
import dev.sallyport.api.verify.ExportLine.Signed;
import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the lines of a chunk: in place as the broker spells them, by a parser in any other spelling of the same JSON. */
final class LineReader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private LineReader() {}

    /** What is wrong with a line or an entry. */
    private static final class Fault extends Exception {

        private static final long serialVersionUID = 1L;

        Fault(String what) {
            super(what, null, false, false);
        }

        String what() {
            return String.valueOf(getMessage());
        }
    }

    static List<ExportLine> read(byte[] chunk) {
        List<ExportLine> lines = new ArrayList<>();
        int from = 0;
        while (from < chunk.length) {
            PlainObject plain = PlainObject.read(chunk, from, chunk.length);
            int end = plain != null && endsLine(chunk, plain.end()) ? plain.end() : end(chunk, from);
            lines.add(line(plain != null && plain.end() == end ? plain : null, chunk, from, end));
            from = end + 1;
        }
        return lines;
    }

    private static int end(byte[] chunk, int from) {
        int end = from;
        while (!endsLine(chunk, end)) {
            end++;
        }
        return end;
    }

    private static boolean endsLine(byte[] chunk, int at) {
        return at == chunk.length || chunk[at] == '\n';
    }

    private static ExportLine line(@Nullable PlainObject plain, byte[] bytes, int from, int end) {
        if (end - from > Lines.MAX_LINE) {
            return new Broken("its line is longer than " + Lines.MAX_LINE + " bytes");
        }
        try {
            return plain != null && plain.has("index") && !plain.has("checkpoint")
                    ? entry(plain)
                    : line(object(bytes, from, end));
        } catch (Fault fault) {
            return new Broken(fault.what());
        }
    }

    private static JsonNode object(byte[] bytes, int from, int end) throws Fault {
        try {
            JsonNode object = JSON.readTree(bytes, from, end - from);
            if (object.isObject()) {
                return object;
            }
        } catch (JacksonException e) {
            throw new Fault("its line is no JSON");
        }
        throw new Fault("its line is no JSON object");
    }

    private static ExportLine line(JsonNode line) throws Fault {
        if (line.has("checkpoint")) {
            return new Signed(line.path("checkpoint").asString(""));
        }
        JsonNode index = line.path("index");
        if (!index.isIntegralNumber() || !index.canConvertToLong()) {
            throw new Fault("its line has no index");
        }
        return checked(index.asLong(), line.path("erased").asLong(-1), name -> bytes(line.path(name), name));
    }

    private static byte @Nullable [] bytes(JsonNode value, String name) throws Fault {
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(value.isString() ? value.asString() : "!");
        } catch (IllegalArgumentException e) {
            throw new Fault("its " + name + " is no base64");
        }
    }

    private static ExportLine entry(PlainObject line) throws Fault {
        long index = line.number("index");
        if (index < 0) {
            throw new Fault("its line has no index");
        }
        return checked(index, line.number("erased"), name -> bytes(line, name));
    }

    private static byte @Nullable [] bytes(PlainObject line, String name) throws Fault {
        try {
            return line.has(name) ? line.decoded(name) : null;
        } catch (IllegalArgumentException e) {
            throw new Fault("its " + name + " is no base64");
        }
    }

    /** Hands out the bytes that a line has under a name. */
    @FunctionalInterface
    private interface Parts {
        byte @Nullable [] of(String name) throws Fault;
    }

    private static Entry checked(long index, long erasure, Parts parts) {
        try {
            byte[] leaf = parts.of("leaf");
            if (leaf == null) {
                throw new Fault("its line has no leaf");
            }
            byte[] detail = parts.of("detail");
            byte[] salt = parts.of("salt");
            String commitment = commitment(leaf);
            if (detail == null && salt == null) {
                return new Entry(index, Merkle.leaf(leaf), true, erasure, Set.of(), null);
            }
            if (detail == null || salt == null) {
                throw new Fault("it has only one of detail and salt");
            }
            if (!Hash.hex(Hash.sha256(salt, detail)).equals(commitment)) {
                throw new Fault("its detail is not the one that the leaf commits to");
            }
            return new Entry(index, Merkle.leaf(leaf), false, -1, erases(leaf, detail), null);
        } catch (Fault fault) {
            return new Entry(index, new byte[0], false, -1, Set.of(), fault.what());
        }
    }

    private static String commitment(byte[] leaf) throws Fault {
        String found = text(leaf, "commitment");
        if (found == null) {
            throw new Fault("its leaf has no commitment");
        }
        return found;
    }

    /** What an entry erases; its detail is the right one. */
    private static Set<Long> erases(byte[] leaf, byte[] detail) throws Fault {
        if (!"erasure".equals(text(leaf, "type"))) {
            return Set.of();
        }
        Set<Long> erased = new HashSet<>();
        try {
            JSON.readTree(detail).path("entries").forEach(each -> erased.add(each.asLong(-1)));
        } catch (JacksonException e) {
            throw new Fault("its detail is no JSON");
        }
        return erased;
    }

    private static @Nullable String text(byte[] leaf, String name) throws Fault {
        PlainObject plain = PlainObject.read(leaf, 0, leaf.length);
        return plain == null || plain.end() < leaf.length ? parsed(leaf, name) : plain.text(name);
    }

    private static @Nullable String parsed(byte[] leaf, String name) throws Fault {
        try {
            JsonNode text = JSON.readTree(leaf).path(name);
            return text.isString() ? text.asString() : null;
        } catch (JacksonException e) {
            throw new Fault("its leaf is no JSON");
        }
    }
}
