package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
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
    void of_several_key_encryption_keys_the_first_seals_and_all_unseal() {
        byte[] fresh = new byte[32];
        fresh[31] = 1;
        KeySealer both = new KeySealer(List.of(fresh, new byte[32]));
        byte[] old = sealer.seal(KEY);
        assertThat(both.unseal(old, "k1", "ES256", "token")).isEqualTo(KEY.secret());
        assertThat(both.upToDate(old)).isFalse();
        byte[] sealed = both.seal(KEY);
        assertThat(both.upToDate(sealed)).isTrue();
        assertThat(new KeySealer(fresh).unseal(sealed, "k1", "ES256", "token")).isEqualTo(KEY.secret());
        assertRefused(sealer, sealed, "k1", "ES256", "token");
    }

    /** Sealed by the version before ids, under 32 zero bytes. */
    @Test
    void what_was_sealed_without_an_id_can_still_be_unsealed() throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[32], "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD("[\"sallyport key\",\"k1\",\"ES256\",\"token\"]".getBytes(StandardCharsets.UTF_8));
        byte[] encrypted = cipher.doFinal(KEY.secret().getBytes(StandardCharsets.UTF_8));
        byte[] old = ByteBuffer.allocate(13 + encrypted.length)
                .put((byte) 1)
                .put(nonce)
                .put(encrypted)
                .array();
        byte[] fresh = new byte[32];
        fresh[31] = 1;
        KeySealer both = new KeySealer(List.of(fresh, new byte[32]));
        assertThat(both.unseal(old, "k1", "ES256", "token")).isEqualTo(KEY.secret());
        assertThat(both.upToDate(old)).isFalse();
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
                .isInstanceOf(Invalid.class)
                .hasMessageContaining(kid)
                .hasMessageNotContaining("very-secret");
    }
}
