package dev.sallyport.core.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Posture.Fault;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PosturesTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);

    private final Postures postures = new Postures();

    @Test
    void nothing_is_known_of_an_agent_of_whom_nobody_said_anything() {
        postures.put("other", "edr", "risk", 90L, LATER);

        assertThat(postures.of("bot", NOW)).isEqualTo(Posture.NONE);
    }

    @Test
    void a_fact_counts_until_it_expires_and_then_says_nothing() {
        postures.put("bot", "edr", "risk", 20L, LATER);

        assertThat(postures.of("bot", LATER.minusMillis(1)).facts()).isEqualTo(Map.of("risk", 20L));
        assertThat(postures.of("bot", LATER).facts()).isEmpty();
        assertThat(postures.of("bot", LATER).unusable()).isEqualTo(Map.of("risk", Fault.EXPIRED));
    }

    @Test
    void a_writer_changes_and_takes_back_its_own_word_only() {
        postures.put("bot", "edr", "risk", 20L, LATER);
        postures.put("bot", "scanner", "patched", true, LATER);
        postures.put("bot", "edr", "risk", 90L, LATER);
        postures.put("bot", "edr", "patched", null, LATER);

        assertThat(postures.of("bot", NOW).facts()).isEqualTo(Map.of("risk", 90L, "patched", true));

        postures.put("bot", "edr", "risk", null, LATER);
        postures.put("bot", "scanner", "patched", null, LATER);
        assertThat(postures.of("bot", NOW)).isEqualTo(Posture.NONE);
        assertThat(postures.size()).isZero();
    }

    @Test
    void what_two_writers_say_differently_counts_for_neither() {
        postures.put("bot", "edr", "risk", 90L, LATER);
        postures.put("bot", "intruder", "risk", 0L, LATER);
        postures.put("bot", "edr", "patched", true, LATER);
        postures.put("bot", "scanner", "patched", true, LATER);

        assertThat(postures.of("bot", NOW).facts()).isEqualTo(Map.of("patched", true));
        assertThat(postures.of("bot", NOW).unusable()).isEqualTo(Map.of("risk", Fault.DISPUTED));
    }

    @Test
    void what_one_writer_let_expire_is_not_made_good_by_another() {
        postures.put("bot", "edr", "risk", 90L, NOW);
        postures.put("bot", "intruder", "risk", 0L, LATER);

        assertThat(postures.of("bot", NOW).facts()).isEmpty();
        assertThat(postures.of("bot", NOW).unusable()).isEqualTo(Map.of("risk", Fault.EXPIRED));
    }
}
