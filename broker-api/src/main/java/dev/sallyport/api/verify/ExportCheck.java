package dev.sallyport.api.verify;

import dev.sallyport.api.verify.ExportLine.Broken;
import dev.sallyport.api.verify.ExportLine.Entry;
import dev.sallyport.api.verify.ExportLine.Signed;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Checks an export: that nothing is missing, each detail against its leaf, and the tree over the leaves.
 *
 * <p>Threads check lines each by itself, some chunks ahead; one follows in the order of the lines, so that the first index that
 * is wrong is the one that is told.
 */
final class ExportCheck {

    private static final Tree.Subtrees NOBODY = (height, position, hash) -> {};

    private final long from;
    private final @Nullable Checkpoint given;
    private final @Nullable VerifierKey key;
    private final Progress progress;
    private final @Nullable Published published;
    private final long to;

    private final Tree tree = new Tree();
    private long next;
    private long lines;
    private final MissingDetails missing = new MissingDetails();

    /** What the export itself states, as far as it has been read. */
    private @Nullable Checkpoint stated;

    private boolean givenHeld;
    private boolean statedHeld;

    /**
     * Prepares a check.
     *
     * @param from the index of the first line; only from 0 is there a root to compare
     * @param given a checkpoint that goes with the export, besides those in it
     * @param published what the log publishes, to compare the export with
     * @param to the index that the export was to end at, for that comparison
     */
    ExportCheck(
            long from,
            @Nullable Checkpoint given,
            @Nullable VerifierKey key,
            Progress progress,
            @Nullable Published published,
            long to) {
        this.from = from;
        this.next = from;
        this.given = given;
        this.key = key;
        this.progress = progress;
        this.published = published;
        this.to = to;
    }

    /** Reads all lines; returns what holds, in one line. */
    String run(InputStream export) throws Disagreement, Unreadable {
        requireSignature(given);
        compareRoots();
        int threads = Runtime.getRuntime().availableProcessors();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            read(new Lines(export), pool, 2 * threads);
        }
        return result();
    }

    private void read(Lines chunks, ExecutorService pool, int most) throws Disagreement, Unreadable {
        Deque<CompletableFuture<List<ExportLine>>> ahead = new ArrayDeque<>();
        try {
            for (byte[] chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
                byte[] taken = chunk;
                // One that is larger than usual waits until there are no others in memory.
                while (ahead.size() >= (taken.length > Lines.CHUNK ? 1 : most)) {
                    take(ahead.remove().join());
                }
                ahead.add(CompletableFuture.supplyAsync(() -> LineReader.read(taken), pool));
            }
        } catch (IOException e) {
            takeAll(ahead);
            throw new Unreadable("the export can't be read behind entry " + (next - 1), e);
        }
        takeAll(ahead);
    }

    private void takeAll(Deque<CompletableFuture<List<ExportLine>>> ahead) throws Disagreement, Unreadable {
        while (!ahead.isEmpty()) {
            take(ahead.remove().join());
        }
    }

    private void take(List<ExportLine> chunk) throws Disagreement, Unreadable {
        for (ExportLine line : chunk) {
            lines++;
            switch (line) {
                case Entry entry -> entry(entry);
                case Signed(var note) -> checkpoint(note);
                case Broken(var fault) -> throw Disagreement.at(next, fault);
            }
        }
    }

    private void entry(Entry entry) throws Disagreement, Unreadable {
        if (entry.index() != next) {
            throw Disagreement.at(next, "is missing: the line that stands in its place has index " + entry.index());
        }
        if (entry.fault() != null) {
            throw Disagreement.at(next, entry.fault());
        }
        if (entry.erased()) {
            missing.add(next, entry.erasure());
        }
        missing.erasedBy(next, entry.erases());
        if (published != null) {
            published.add(entry.leafHash());
        }
        tree.add(entry.leafHash(), NOBODY);
        next++;
        compareRoots();
        progress.at(next);
    }

    /** Stands behind the entries that it covers. There may be several: where an export was continued. */
    private void checkpoint(String note) throws Disagreement {
        requireStated();
        Checkpoint found = Checkpoint.parse(note);
        requireSignature(found);
        if (found.size() < next) {
            throw new Disagreement("the checkpoint in line " + lines + " is of " + found.size()
                    + " entries only, and must stand behind those");
        }
        stated = found;
        statedHeld = false;
        compareRoots();
    }

    private void requireSignature(@Nullable Checkpoint checkpoint) throws Disagreement {
        if (checkpoint != null && key != null) {
            checkpoint.require(key);
        }
    }

    private void compareRoots() throws Disagreement {
        givenHeld |= holds(given);
        statedHeld |= holds(stated);
    }

    /** Whether the tree is as large as the checkpoint says; throws where it is, and has another root. */
    private boolean holds(@Nullable Checkpoint checkpoint) throws Disagreement {
        if (from > 0 || checkpoint == null || checkpoint.size() != tree.size()) {
            return false;
        }
        if (!checkpoint.has(tree.root())) {
            throw Disagreement.among(
                    0,
                    Math.max(1, checkpoint.size()),
                    "a leaf is not the one that was signed: they have another root hash than the checkpoint states (which "
                            + "leaf it is only hash tiles tell: --log)");
        }
        return true;
    }

    private void requireStated() throws Disagreement {
        if (from == 0 && stated != null && !statedHeld) {
            throw missing(stated);
        }
    }

    private Disagreement missing(Checkpoint checkpoint) {
        return Disagreement.at(next, "is missing: the checkpoint is of " + checkpoint.size() + " entries");
    }

    private String result() throws Disagreement, Unreadable {
        String entries = (next - from) + (from == 0 ? " entries" : " entries from " + from) + " hold" + missing.told();
        if (published != null) {
            requireStated();
            return entries + ". " + published.end(next, to, stated);
        }
        if (from > 0) {
            return entries + ". No root hash was compared: an export that begins later has none.";
        }
        requireStated();
        if (given != null && !givenHeld) {
            throw missing(given);
        }
        String root = "; root " + Base64.getEncoder().encodeToString(tree.root()) + ". ";
        Checkpoint furthest = furthest();
        if (furthest != null) {
            return entries + root + signed(furthest);
        }
        if (key != null) {
            throw new Disagreement(
                    "the export ends at entry " + next + " without a checkpoint that the key could have signed");
        }
        return entries + root
                + "Nothing signed was checked: compare size and root with a checkpoint (--checkpoint, --key).";
    }

    private @Nullable Checkpoint furthest() {
        if (given == null || stated == null) {
            return given == null ? stated : given;
        }
        return given.size() > stated.size() ? given : stated;
    }

    private String signed(Checkpoint checkpoint) {
        String whose = key == null
                ? "The checkpoint of " + checkpoint.size() + " entries fits; its signature was not checked (--key)."
                : "The checkpoint of " + checkpoint.size() + " entries fits and is signed by " + key + ".";
        long beyond = next - checkpoint.size();
        return beyond == 0 ? whose : whose + " It does not cover the last " + beyond + ".";
    }
}
