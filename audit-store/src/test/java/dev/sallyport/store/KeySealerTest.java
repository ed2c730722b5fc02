package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Invalid;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class KeySealerTest {

    private static final KeyRecord KEY =
            new KeyRecord("k1", "ES256", "token", "{\"d\":\"very-secret\"}", Instant.parse("2026-05-01T12:00:00Z"));

    private final KeySealer sealer = new KeySealer(new byte[32]);

    @Test
    void what_is_sealed_can_be_unsealed() {
        byte[] sealed = sealer.seal(KEY);
        assertThat(sealer.unseal(sealed, "k1", "ES256", "token")).isEqualTo(KEY.secret());
    }

    @Test
    void no_two_seals_are_alike() {
        assertThat(sealer.seal(KEY)).isNotEqualTo(sealer.seal(KEY));
    }

    @Test
    void an_altered_name_algorithm_or_purpose_is_noticed() {
        byte[] sealed = sealer.seal(KEY);
        assertRefused(sealer, sealed, "k2", "ES256", "token");
        assertRefused(sealer, sealed, "k1", "EdDSA", "token");
        assertRefused(sealer, sealed, "k1", "ES256", "log");
    }

    @Test
    void shifting_text_between_the_fields_is_noticed() {
        byte[] sealed = sealer.seal(KEY);
        assertRefused(sealer, sealed, "k1E", "S256", "token");
        assertRefused(sealer, sealed, "k1\",\"ES256", "", "token");
    }

    @Test
    void any_altered_byte_is_noticed() {
        byte[] sealed = sealer.seal(KEY);
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertRefused(sealer, altered, "k1", "ES256", "token");
        }
        assertRefused(sealer, new byte[0], "k1", "ES256", "token");
    }

    @Test
    void another_key_encryption_key_does_not_open_it() {
        byte[] other = new byte[32];
        other[31] = 1;
        assertRefused(new KeySealer(other), sealer.seal(KEY), "k1", "ES256", "token");
    }

    @Test
    void a_key_encryption_key_of_another_length_is_refused() {
        assertThatThrownBy(() -> new KeySealer(new byte[16])).isInstanceOf(Invalid.class);
    }

    @Test
    void nothing_secret_is_printed() {
        assertThat(KEY).hasToString("KeyRecord[k1, ES256, token]");
        assertThat(sealer).hasToString("KeySealer");
    }

    private static void assertRefused(KeySealer sealer, byte[] sealed, String kid, String algorithm, String purpose) {
        assertThatThrownBy(() -> sealer.unseal(sealed, kid, algorithm, purpose))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(kid)
                .hasMessageNotContaining("very-secret");
    }
}
