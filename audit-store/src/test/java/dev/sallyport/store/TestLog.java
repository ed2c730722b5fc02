package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.Merkle;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Entries to append, and an auditor who believes nothing of what the database says of its log. */
final class TestLog {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    private TestLog() {}

    static Entry entry(long number) {
        String hash = Hash.hex(Hash.sha256(Long.toString(number).getBytes(StandardCharsets.UTF_8)));
        Entry.TokenFacts token = new Entry.TokenFacts(new UUID(number, 7), hash, NOW.plusSeconds(300));
        return new Entry(NOW, Entry.ISSUANCE, "issued", token, Map.of("number", number, "agent", "reporter"));
    }

    /** An access attempt as the broker writes one down; a second after the one with the number before. */
    static Entry attempt(long number, String agent, String outcome, String claim) {
        boolean issued = outcome.equals("issued");
        Map<String, Object> detail = new TreeMap<>();
        detail.put("decision_id", new UUID(number, 9).toString());
        detail.put("agent", agent);
        detail.put("target", number % 2 == 0 ? "even" : "odd");
        detail.put("actions", List.of("read", "write"));
        detail.put("attestation", Map.of("provider", "ci", "claims", Map.of("sub", claim)));
        detail.put("input", Map.of("resources", List.of("https://numbers.example")));
        detail.put("policy_revision", 3);
        if (!issued) {
            detail.put("reason", "target");
        }
        Entry.TokenFacts token = issued ? new Entry.TokenFacts(new UUID(number, 7), "00", NOW.plusSeconds(300)) : null;
        return new Entry(NOW.plusSeconds(number), Entry.ISSUANCE, outcome, token, detail);
    }

    /** Recomputes the log from its leaves, and returns how many there are. */
    static int checked(TestDatabase database) {
        try (Connection connection = database.as(TestDatabase.AUDITOR).getConnection();
                Statement statement = connection.createStatement()) {
            List<byte[]> hashes = leafHashes(statement);
            assertThat(storedHashes(statement)).containsExactlyElementsOf(hex(hashes));
            try (ResultSet head = statement.executeQuery("SELECT size, frontier FROM sallyport.log_head")) {
                head.next();
                assertThat(head.getLong(1)).isEqualTo(hashes.size());
                byte[] root = Frontier.of(hashes.size(), head.getBytes(2)).root();
                assertThat(root).isEqualTo(naiveRoot(hashes));
            }
            return hashes.size();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<byte[]> leafHashes(Statement statement) throws SQLException {
        List<byte[]> hashes = new ArrayList<>();
        String sql = "SELECT index, leaf, salt, detail, erasure FROM sallyport.log_entry "
                + "LEFT JOIN sallyport.erased USING (index) ORDER BY index";
        try (ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                assertThat(row.getLong(1)).isEqualTo(hashes.size());
                if (row.getObject(5) == null) {
                    String commitment = Hash.hex(Hash.sha256(row.getBytes(3), row.getBytes(4)));
                    assertThat(new String(row.getBytes(2), StandardCharsets.UTF_8))
                            .contains("\"commitment\":\"" + commitment + "\"");
                }
                hashes.add(Hash.sha256(new byte[] {0}, row.getBytes(2)));
            }
        }
        return hashes;
    }

    private static List<String> storedHashes(Statement statement) throws SQLException {
        List<String> hashes = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT first, hashes FROM sallyport.log_hash ORDER BY first")) {
            while (row.next()) {
                assertThat(row.getLong(1)).isEqualTo(hashes.size());
                String all = Hash.hex(row.getBytes(2));
                for (int i = 0; i < all.length(); i += 2 * Hash.LENGTH) {
                    hashes.add(all.substring(i, i + 2 * Hash.LENGTH));
                }
            }
        }
        return hashes;
    }

    private static List<String> hex(List<byte[]> hashes) {
        return hashes.stream().map(Hash::hex).toList();
    }

    /** RFC 6962 section 2.1, word by word. */
    static byte[] naiveRoot(List<byte[]> leafHashes) {
        int n = leafHashes.size();
        if (n == 0) {
            return Hash.sha256();
        }
        if (n == 1) {
            return leafHashes.getFirst();
        }
        int k = Integer.highestOneBit(n - 1);
        return Merkle.node(naiveRoot(leafHashes.subList(0, k)), naiveRoot(leafHashes.subList(k, n)));
    }
}
