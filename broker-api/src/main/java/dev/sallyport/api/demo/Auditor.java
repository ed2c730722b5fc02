package dev.sallyport.api.demo;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.log.Merkle;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Reads the log straight from PostgreSQL, as an auditor may. */
final class Auditor {

    private static final int HASH = 32;

    private final PGSimpleDataSource database;
    private final List<byte[]> leaves = new ArrayList<>();

    private Auditor(PGSimpleDataSource database) {
        this.database = database;
    }

    /** One entry, for people. */
    record Line(
            long index,
            String time,
            String type,
            String outcome,
            @Nullable String tokenSha256,
            @Nullable String decisionId,
            String about) {

        @Override
        public String toString() {
            return "%3d  %s  %-14s %-8s %s".formatted(index, time, type, outcome, about);
        }
    }

    /** The fields of a line of the password file. */
    static Auditor login(List<String> fields) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setServerNames(new String[] {fields.get(0)});
        database.setPortNumbers(new int[] {Integer.parseInt(fields.get(1))});
        database.setDatabaseName(fields.get(2));
        database.setUser(fields.get(3));
        database.setPassword(fields.get(4));
        return new Auditor(database);
    }

    List<Line> read() {
        List<Line> lines = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT index, leaf, detail FROM sallyport.log_entry ORDER BY index")) {
            while (rows.next()) {
                leaves.add(rows.getBytes("leaf"));
                lines.add(line(rows.getLong("index"), json(rows.getBytes("leaf")), json(rows.getBytes("detail"))));
            }
            return lines;
        } catch (SQLException e) {
            throw new Story.Failed("the auditor can't read the log: " + e.getMessage());
        }
    }

    /** Whether the tree over the leaves that were read has the frontier that the head holds. */
    boolean rootHolds() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet head = statement.executeQuery("SELECT size, frontier FROM sallyport.log_head")) {
            return head.next()
                    && head.getLong("size") == leaves.size()
                    && Arrays.equals(head.getBytes("frontier"), frontier());
        } catch (SQLException e) {
            throw new Story.Failed("the auditor can't read the head: " + e.getMessage());
        }
    }

    /** The roots of the perfect subtrees, left to right: one for each bit of the size. */
    private byte[] frontier() {
        byte[] frontier = new byte[HASH * Integer.bitCount(leaves.size())];
        int from = 0;
        int at = 0;
        for (int size = Integer.highestOneBit(leaves.size()); size > 0; size >>= 1) {
            if ((leaves.size() & size) != 0) {
                System.arraycopy(root(from, from + size), 0, frontier, at, HASH);
                from += size;
                at += HASH;
            }
        }
        return frontier;
    }

    private byte[] root(int from, int to) {
        if (to - from == 1) {
            return Merkle.leaf(leaves.get(from));
        }
        int middle = (from + to) >>> 1;
        return Merkle.node(root(from, middle), root(middle, to));
    }

    private static Line line(long index, Map<String, Object> leaf, Map<String, Object> detail) {
        return new Line(
                index,
                text(leaf, "time"),
                text(leaf, "type"),
                text(leaf, "outcome"),
                (String) leaf.get("token_sha256"),
                (String) detail.get("decision_id"),
                about(detail));
    }

    private static String about(Map<String, Object> detail) {
        if (!detail.containsKey("decision_id")) {
            return String.valueOf(detail.getOrDefault("author", detail.getOrDefault("kid", "")));
        }
        String who = Objects.requireNonNullElse((String) detail.get("agent"), "(nobody's agent)");
        String where = Objects.requireNonNullElse((String) detail.get("target"), "(no target)");
        String why = detail.containsKey("reason") ? "  " + detail.get("reason_detail") : "  " + detail.get("actions");
        return who + " -> " + where + why;
    }

    private static String text(Map<String, Object> json, String name) {
        return String.valueOf(json.get(name));
    }

    private static Map<String, Object> json(byte[] bytes) {
        try {
            return JSONObjectUtils.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new Story.Failed("an entry is no JSON");
        }
    }
}
