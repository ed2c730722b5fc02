package dev.sallyport.core.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RevocationsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private final Revocations revocations = new Revocations();

    @Test
    void a_token_is_covered_by_its_jti_until_it_would_have_expired() {
        UUID jti = UUID.randomUUID();
        revocations.add(jti, NOW.plusSeconds(300));

        assertThat(revocations.cover(jti, NOW.plusSeconds(300))).isTrue();
        assertThat(revocations.cover(UUID.randomUUID(), NOW.plusSeconds(300))).isFalse();
        revocations.prune(NOW.plusSeconds(300));
        assertThat(revocations.cover(jti, NOW.plusSeconds(300))).isTrue();
        revocations.prune(NOW.plusSeconds(1200));
        assertThat(revocations.size()).isZero();
    }

    @Test
    void of_two_revocations_of_all_tokens_the_later_entry_counts_in_either_order() {
        revocations.add("agent", "bot", 20, NOW.plusSeconds(10));
        revocations.add("agent", "bot", 10, NOW.plusSeconds(5));

        assertThat(revocations.size()).isEqualTo(1);
        revocations.prune(NOW.plusSeconds(7));
        assertThat(revocations.size()).isEqualTo(1);
        revocations.prune(NOW.plusSeconds(11));
        assertThat(revocations.size()).isZero();
    }
}
