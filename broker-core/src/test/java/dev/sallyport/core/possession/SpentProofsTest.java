package dev.sallyport.core.possession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Unavailable;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SpentProofsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.900Z");
    private static final UUID USE = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);

    private Instant now = NOW;
    private final SpentProofs spent = new SpentProofs(() -> now, 3);

    @Test
    void a_proof_is_remembered_for_as_long_as_it_is_good_and_a_stale_one_is_not_used() {
        Instant issued = NOW.plusSeconds(60);
        assertThat(spent.spend(new ProofId(1, 1), issued, USE)).isTrue();
        for (int i = 0; i <= 300; i += 10) {
            now = NOW.plusSeconds(i);
            assertThat(spent.spend(new ProofId(1, 1), issued, OTHER)).isFalse();
        }
    }

    @Test
    void where_there_is_no_room_nothing_is_accepted_until_others_are_stale() {
        for (int i = 0; i < 3; i++) {
            assertThat(spent.spend(new ProofId(0, i), NOW, USE)).isTrue();
        }
        assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> spent.spend(new ProofId(0, 4), NOW, USE));

        now = NOW.plusSeconds(72);
        assertThat(spent.spend(new ProofId(0, 4), now, USE)).isTrue();
    }

    @Test
    void ids_depend_on_key_and_jti() {
        assertThat(ProofId.of("key", "jti")).isEqualTo(ProofId.of("key", "jti"));
        assertThat(ProofId.of("key", "jti")).isNotEqualTo(ProofId.of("key", "other"));
        assertThat(ProofId.of("kex", "jti")).isNotEqualTo(ProofId.of("key", "jti"));
    }
}
