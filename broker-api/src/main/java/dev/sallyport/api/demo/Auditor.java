package dev.sallyport.api.demo;

import dev.sallyport.core.log.Merkle;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** Reads the log straight from PostgreSQL, under a role that can only read, and computes its Merkle tree. */
final class Auditor {

    private static final int HASH = 32;

    private final PGSimpleDataSource database;
    private final List<byte[]> leaves;

    private Auditor(PGSimpleDataSource database) {
        this.database = database;
        this.leaves = leaves(database);
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

    private static List<byte[]> leaves(PGSimpleDataSource database) {
        List<byte[]> leaves = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT leaf FROM sallyport.log_entry ORDER BY index")) {
            while (rows.next()) {
                leaves.add(rows.getBytes("leaf"));
            }
            return leaves;
        } catch (SQLException e) {
            throw new Story.Failed("the auditor can't read the log: " + e.getMessage());
        }
    }

    int entries() {
        return leaves.size();
    }

    boolean holds(byte[] leaf) {
        return leaves.stream().anyMatch(each -> Arrays.equals(each, leaf));
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
}
