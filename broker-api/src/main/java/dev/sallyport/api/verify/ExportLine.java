package dev.sallyport.api.verify;

import dev.sallyport.core.Hash;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One entry of an export.
 *
 * @param detail null where it was erased, or kept back
 * @param erasure the index of the entry that is said to have erased it; -1 where none is
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares these records.
record ExportLine(long index, byte[] leaf, byte @Nullable [] detail, byte @Nullable [] salt, long erasure) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Reads the object of one line; {@code expected} is the index that the line should have. */
    static ExportLine read(JsonNode line, long expected) throws Disagreement {
        JsonNode index = line.path("index");
        if (!index.isIntegralNumber() || !index.canConvertToLong()) {
            throw Disagreement.at(expected, "its line has no index");
        }
        if (index.asLong() != expected) {
            throw Disagreement.at(
                    expected, "is missing: the line that stands in its place has index " + index.asLong());
        }
        byte[] leaf = bytes(line, "leaf", expected);
        if (leaf == null) {
            throw Disagreement.at(expected, "its line has no leaf");
        }
        return new ExportLine(
                expected,
                leaf,
                bytes(line, "detail", expected),
                bytes(line, "salt", expected),
                line.path("erased").asLong(-1));
    }

    private static byte @Nullable [] bytes(JsonNode line, String name, long index) throws Disagreement {
        JsonNode value = line.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(value.isString() ? value.asString() : "!");
        } catch (IllegalArgumentException e) {
            throw Disagreement.at(index, "its " + name + " is no base64");
        }
    }

    boolean erased() {
        return detail == null && salt == null;
    }

    /** Throws unless the detail, where there is one, is what the leaf commits to. */
    void requireCommitment() throws Disagreement {
        String commitment = commitment();
        if (erased()) {
            return;
        }
        if (detail == null || salt == null) {
            throw Disagreement.at(index, "it has only one of detail and salt");
        }
        if (!Hash.hex(Hash.sha256(salt, detail)).equals(commitment)) {
            throw Disagreement.at(index, "its detail is not the one that the leaf commits to");
        }
    }

    /** The entries whose details it erases; call it once the detail has been found to be the right one. */
    Set<Long> erases() throws Disagreement {
        if (detail == null || !"erasure".equals(json(leaf, "leaf").path("type").asString(""))) {
            return Set.of();
        }
        Set<Long> erased = new HashSet<>();
        json(detail, "detail").path("entries").forEach(each -> erased.add(each.asLong(-1)));
        return erased;
    }

    private String commitment() throws Disagreement {
        JsonNode commitment = json(leaf, "leaf").path("commitment");
        if (commitment.isString()) {
            return commitment.asString();
        }
        throw Disagreement.at(index, "its leaf has no commitment");
    }

    private JsonNode json(byte[] bytes, String name) throws Disagreement {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw Disagreement.at(index, "its " + name + " is no JSON");
        }
    }

    @Override
    public String toString() {
        return "ExportLine[" + index + "]";
    }
}
