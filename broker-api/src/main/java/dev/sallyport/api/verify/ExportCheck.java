package dev.sallyport.api.verify;

import dev.sallyport.core.log.Merkle;
import java.io.IOException;
import java.io.Reader;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks an export: that nothing is missing, each detail against its leaf, and the tree over the leaves. */
final class ExportCheck {

    /** In characters: more than any entry needs, little enough to be held. */
    private static final int MAX_LINE = 1 << 25;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Tree.Subtrees NOBODY = (height, position, hash) -> {};

    private final long from;
    private @Nullable Checkpoint checkpoint;
    private final @Nullable VerifierKey key;
    private final Progress progress;
    private final @Nullable Published published;
    private final long to;

    private final Tree tree = new Tree();
    private long next;
    private long erased;
    private boolean rootHeld;

    /**
     * Prepares a check.
     *
     * @param from the index of the first line; only from 0 is there a root to compare
     * @param published what the log publishes, to compare the export with
     * @param to the index that the export was to end at, for that comparison
     */
    ExportCheck(
            long from,
            @Nullable Checkpoint checkpoint,
            @Nullable VerifierKey key,
            Progress progress,
            @Nullable Published published,
            long to) {
        this.from = from;
        this.next = from;
        this.checkpoint = checkpoint;
        this.key = key;
        this.progress = progress;
        this.published = published;
        this.to = to;
    }

    /** Reads all lines; returns what holds, in one line. */
    String run(Reader lines) throws Disagreement, Unreadable {
        signature();
        compareRoot();
        for (String line = line(lines); line != null; line = line(lines)) {
            JsonNode object = object(line);
            if (object.has("checkpoint")) {
                found(object.path("checkpoint").asString(""));
            } else {
                entry(ExportLine.read(object, next));
            }
        }
        return result();
    }

    private void signature() throws Disagreement {
        if (checkpoint != null && key != null) {
            checkpoint.require(key);
        }
    }

    /** A checkpoint at the end of the export; one that the user gave goes before it. */
    private void found(String note) throws Disagreement {
        if (checkpoint == null && from == 0) {
            checkpoint = Checkpoint.parse(note);
            signature();
            if (checkpoint.size() < next) {
                throw new Disagreement("the checkpoint in line " + (next + 1) + " is of " + checkpoint.size()
                        + " entries only, and must stand behind those");
            }
            compareRoot();
        }
    }

    private void entry(ExportLine entry) throws Disagreement, Unreadable {
        entry.requireCommitment();
        if (entry.erased()) {
            erased++;
        }
        byte[] leafHash = Merkle.leaf(entry.leaf());
        if (published != null) {
            published.add(leafHash);
        }
        tree.add(leafHash, NOBODY);
        next++;
        compareRoot();
        progress.at(next);
    }

    private void compareRoot() throws Disagreement {
        if (checkpoint == null || checkpoint.size() != tree.size()) {
            return;
        }
        if (!checkpoint.has(tree.root())) {
            throw Disagreement.among(
                    0,
                    Math.max(1, checkpoint.size()),
                    "a leaf is not the one that was signed: they have another root hash than the checkpoint states (which "
                            + "leaf it is only hash tiles tell: --log)");
        }
        rootHeld = true;
    }

    private JsonNode object(String line) throws Disagreement {
        try {
            JsonNode object = JSON.readTree(line);
            if (object.isObject()) {
                return object;
            }
        } catch (JacksonException e) {
            throw Disagreement.at(next, "its line is no JSON");
        }
        throw Disagreement.at(next, "its line is no JSON object");
    }

    private @Nullable String line(Reader reader) throws Unreadable, Disagreement {
        StringBuilder line = new StringBuilder(512);
        try {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c == '\n') {
                    return line.toString();
                }
                if (line.length() == MAX_LINE) {
                    throw Disagreement.at(next, "its line is longer than " + MAX_LINE + " characters");
                }
                line.append((char) c);
            }
        } catch (IOException e) {
            throw new Unreadable("the export can't be read behind entry " + (next - 1), e);
        }
        return line.isEmpty() ? null : line.toString();
    }

    private String result() throws Disagreement, Unreadable {
        String entries = (next - from) + (from == 0 ? " entries" : " entries from " + from) + " hold"
                + (erased == 0 ? "" : ", " + erased + " of them without their detail, which can't be checked");
        if (published != null) {
            return entries + ". " + published.end(next, to);
        }
        if (from > 0) {
            return entries + ". No root hash was compared: an export that begins later has none.";
        }
        String root = "; root " + Base64.getEncoder().encodeToString(tree.root()) + ". ";
        if (checkpoint == null) {
            return entries + root
                    + "Nothing signed was checked: compare size and root with a checkpoint (--checkpoint, --key).";
        }
        if (!rootHeld) {
            throw Disagreement.at(next, "is missing: the checkpoint is of " + checkpoint.size() + " entries");
        }
        return entries + root + signed(checkpoint);
    }

    private String signed(Checkpoint given) {
        String whose = key == null
                ? "The checkpoint of " + given.size() + " entries fits; its signature was not checked (--key)."
                : "The checkpoint of " + given.size() + " entries fits and is signed by " + key + ".";
        long beyond = next - given.size();
        return beyond == 0 ? whose : whose + " It does not cover the last " + beyond + ".";
    }
}
