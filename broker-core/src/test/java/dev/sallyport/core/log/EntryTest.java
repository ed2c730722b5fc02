package dev.sallyport.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.Hash;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EntryTest {

    private static final Instant TIME = Instant.parse("2026-11-24T10:00:00Z");
    private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @Test
    void the_leaf_is_public_and_commits_to_the_detail() {
        Entry entry = new Entry(
                TIME,
                Entry.ISSUANCE,
                "issued",
                new Entry.TokenFacts(new UUID(1, 2), "ab", TIME.plusSeconds(300)),
                Map.of("agent", "invoice-bot"));

        SealedEntry sealed = entry.seal(SALT);

        String commitment = Hash.hex(Hash.sha256(SALT, sealed.detail()));
        assertThat(new String(sealed.detail(), StandardCharsets.UTF_8)).isEqualTo("{\"agent\":\"invoice-bot\"}");
        assertThat(new String(sealed.leaf(), StandardCharsets.UTF_8))
                .isEqualTo("{\"commitment\":\"" + commitment
                        + "\",\"expires\":\"2026-11-24T10:05:00Z\",\"jti\":\"00000000-0000-0001-0000-000000000002\","
                        + "\"outcome\":\"issued\",\"time\":\"2026-11-24T10:00:00.000Z\",\"token_sha256\":\"ab\","
                        + "\"type\":\"issuance\"}");
        assertThat(sealed.jti()).isEqualTo(new UUID(1, 2));
    }

    @Test
    void the_leaf_hash_is_that_of_rfc_6962() {
        assertThat(Hash.hex(Merkle.leaf(new byte[0])))
                .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }
}
