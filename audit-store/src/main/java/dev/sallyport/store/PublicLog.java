package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Merkle;
import dev.sallyport.core.log.Notes;
import dev.sallyport.store.ReceiptAnswer.NotYet;
import dev.sallyport.store.ReceiptAnswer.Receipt;
import dev.sallyport.store.ReceiptAnswer.Unknown;
import dev.sallyport.store.ReceiptAnswer.UnknownFrom;
import dev.sallyport.store.ReceiptAnswer.WithoutLeaf;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import javax.sql.DataSource;

/**
 * The side of the log that anyone may see and nobody need believe: checkpoints, tiles and receipts.
 *
 * <p>Nothing that it shows is beyond the latest checkpoint. Its methods throw {@link Unavailable} when the database can't
 * answer, and when too many ask at once: whoever may read everything must not keep others from the database.
 */
public final class PublicLog implements AutoCloseable {

    private static final int AT_ONCE = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final String SETTINGS = Transaction.SNAPSHOT + "; SET LOCAL statement_timeout = '2s'";
    private static final String BY_TOKEN = "SELECT min(index) FROM sallyport.issuance WHERE token_sha256 = ?";
    private static final String BY_JTI = """
            SELECT min(index) FROM sallyport.log_entry
            WHERE jti = ? AND index < (SELECT size FROM sallyport.log_head)
            """;
    private static final String LEAVES =
            "SELECT leaf FROM sallyport.log_entry WHERE index >= ? AND index < ? ORDER BY index";

    private final DataSource reads;
    private final LongFunction<Notes> notes;
    private final ProjectionWait projection;
    private final Checkpointer checkpointer;
    private final Semaphore room = new Semaphore(AT_ONCE);

    PublicLog(DataSource follows, DataSource reads, LongFunction<Notes> notes, InstantSource clock) {
        this.reads = reads;
        this.notes = notes;
        this.projection = new ProjectionWait(reads);
        this.checkpointer = new Checkpointer(follows, notes, clock);
    }

    void start() {
        checkpointer.start();
    }

    /** The keys that checkpoints verify with, in the form of C2SP signed-note: the newest first. */
    public List<String> verifierKeys() {
        return notes.apply(0).verifierKeys();
    }

    /** Why no checkpoint is signed although the log has grown, as this replica has found; from memory. */
    public Optional<String> problem() {
        return checkpointer.problem();
    }

    /** The latest one; empty before the first. */
    public Optional<Checkpoint> checkpoint() {
        return read(Checkpoint::latest);
    }

    /**
     * The first hashes of a tile, concatenated; empty where there are fewer.
     *
     * @param level the tile's: its hashes are of subtrees with 256^level leaves
     * @param tile its index in the level
     * @param width how many hashes, from 1 to 256
     */
    public Optional<byte[]> hashes(int level, long tile, int width) {
        return read(connection -> reaches(connection, level, tile, width)
                ? Optional.of(new StoredHashes(connection).read(level, tile, width))
                : Optional.empty());
    }

    /**
     * The first leaves under a tile of level 0; empty where there are fewer.
     *
     * @throws Archived when they have been archived
     * @throws Lost when one of them was removed
     */
    public Optional<List<byte[]>> leaves(long tile, int width) {
        return read(connection -> {
            if (!reaches(connection, 0, tile, width)) {
                return Optional.empty();
            }
            long start = tile << Tree.TILE_HEIGHT;
            List<byte[]> leaves = leaves(connection, start, start + width);
            if (leaves.size() != width) {
                throw Retention.absence(connection, start, start + width);
            }
            return Optional.of(leaves);
        });
    }

    private static boolean reaches(Connection connection, int level, long tile, int width) throws SQLException {
        long size = Checkpoint.latest(connection).map(Checkpoint::size).orElse(0L);
        return width <= Tree.width(size, level, tile);
    }

    /**
     * The receipt of a token. Where its entry has been archived, the query tables alone say which one that is: whoever has
     * the archive sees it from the leaf.
     *
     * @param tokenSha256 SHA-256 of its compact form, in hexadecimal and lower case
     */
    public ReceiptAnswer receipt(String tokenSha256) {
        byte[] hash = HexFormat.of().parseHex(tokenSha256);
        OptionalLong index = index(BY_TOKEN, hash);
        boolean complete = true;
        if (index.isEmpty()) {
            complete = projection.await();
            index = index(BY_TOKEN, hash);
        }
        if (index.isEmpty()) {
            return complete ? new Unknown() : new NotYet();
        }
        ReceiptAnswer answer = receipt(index.getAsLong());
        return answer instanceof Receipt found && !names(found.leaf(), tokenSha256) ? new Unknown() : answer;
    }

    /** The query tables prove nothing, so that the leaf itself has the last word. */
    private static boolean names(byte[] leaf, String tokenSha256) {
        return new String(leaf, StandardCharsets.UTF_8).contains("\"token_sha256\":\"" + tokenSha256 + "\"");
    }

    /** The receipt of the token with a {@code jti}, which only entries that have not been archived are searched for. */
    public ReceiptAnswer receipt(UUID jti) {
        OptionalLong index = index(BY_JTI, jti);
        if (index.isPresent()) {
            return receipt(index.getAsLong());
        }
        long first = read(Retention::first);
        return first == 0 ? new Unknown() : new UnknownFrom(first);
    }

    private OptionalLong index(String sql, Object key) {
        return read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setObject(1, key);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() && row.getObject(1) != null
                            ? OptionalLong.of(row.getLong(1))
                            : OptionalLong.empty();
                }
            }
        });
    }

    /** What does not verify is not handed out. */
    private ReceiptAnswer receipt(long index) {
        return read(connection -> {
            Optional<Checkpoint> latest = Checkpoint.latest(connection);
            if (latest.isEmpty() || index >= latest.get().size()) {
                return new NotYet();
            }
            List<byte[]> leaf = leaves(connection, index, index + 1);
            if (leaf.isEmpty() && index >= Retention.first(connection)) {
                throw new Lost(index);
            }
            Checkpoint checkpoint = latest.get();
            StoredHashes hashes = new StoredHashes(connection);
            List<byte[]> path = new Tree(checkpoint.size(), hashes).inclusion(index);
            byte[] leafHash = leaf.isEmpty() ? hashes.leaves(index, index + 1) : Merkle.leaf(leaf.getFirst());
            Disagreement.unless(
                    Tree.includes(checkpoint.size(), checkpoint.root(), index, leafHash, path),
                    "entry " + index + " is not in the tree");
            return leaf.isEmpty()
                    ? new WithoutLeaf(index, path, checkpoint.note())
                    : new Receipt(index, leaf.getFirst(), path, checkpoint.note());
        });
    }

    private static List<byte[]> leaves(Connection connection, long start, long end) throws SQLException {
        List<byte[]> leaves = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(LEAVES)) {
            select.setLong(1, start);
            select.setLong(2, end);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    leaves.add(row.getBytes(1));
                }
            }
        }
        return leaves;
    }

    private <T> T read(Transaction.Work<T> work) {
        try {
            if (!room.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Unavailable("the log, which too many are reading,");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("the broker is stopping");
        }
        try {
            return Transaction.run(reads, SETTINGS, work);
        } catch (Disagreement e) {
            throw new Unavailable("a proof that holds", e);
        } finally {
            room.release();
        }
    }

    /** Signs nothing more. */
    @Override
    public void close() {
        checkpointer.close();
    }
}
