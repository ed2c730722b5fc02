package dev.sallyport.core.possession;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChallengesTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final String JKT = "A".repeat(43);

    private final NonceKey key = NonceKey.generate();

    @Test
    void a_challenge_is_good_for_five_minutes_at_every_replica() {
        String challenge = at(NOW).fresh(JKT);

        assertThat(challenge).matches("[A-Za-z0-9]{32}");
        assertThat(at(NOW).ends(challenge, JKT)).contains(NOW.plusSeconds(300));
        assertThat(at(NOW.plusSeconds(299)).ends(challenge, JKT)).isPresent();
        assertThat(at(NOW.minusSeconds(5)).ends(challenge, JKT)).isPresent();
        assertThat(at(NOW.plusSeconds(300)).ends(challenge, JKT)).isEmpty();
        assertThat(at(NOW.minusSeconds(6)).ends(challenge, JKT)).isEmpty();
        Challenges replica = new Challenges(NonceKey.parse(key.privateJwk()), InstantSource.fixed(NOW));
        assertThat(replica.ends(challenge, JKT)).isPresent();
    }

    @Test
    void it_is_for_one_key_only() {
        String challenge = at(NOW).fresh(JKT);

        assertThat(at(NOW).ends(challenge, "B".repeat(43))).isEmpty();
        assertThat(at(NOW).ends(challenge, "")).isEmpty();
    }

    @Test
    void no_two_are_alike_and_neither_are_their_ids() {
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            String challenge = at(NOW).fresh(JKT);
            assertThat(made.add(challenge)).isTrue();
            assertThat(at(NOW).ends(challenge, JKT)).isPresent();
            assertThat(Challenges.id(challenge)).hasSize(16);
        }
    }

    @Test
    void what_the_broker_did_not_make_is_not_good() {
        String challenge = at(NOW).fresh(JKT);
        for (int i = 0; i < challenge.length(); i++) {
            char other = challenge.charAt(i) == 'A' ? 'B' : 'A';
            String altered = challenge.substring(0, i) + other + challenge.substring(i + 1);
            assertThat(at(NOW).ends(altered, JKT)).isEmpty();
        }
        for (String each : new String[] {"", challenge + "A", "z".repeat(32), "-".repeat(32), "é".repeat(32)}) {
            assertThat(at(NOW).ends(each, JKT)).isEmpty();
        }
        Challenges stranger = new Challenges(NonceKey.generate(), InstantSource.fixed(NOW));
        assertThat(stranger.ends(challenge, JKT)).isEmpty();
    }

    @Test
    void a_nonce_for_dpop_is_no_challenge_though_the_key_is_the_same() {
        String nonce = new Nonces(key, InstantSource.fixed(NOW)).fresh();

        assertThat(at(NOW).ends(nonce, JKT)).isEmpty();
        assertThat(new Nonces(key, InstantSource.fixed(NOW)).good(at(NOW).fresh(JKT)))
                .isFalse();
    }

    private Challenges at(Instant time) {
        return new Challenges(key, InstantSource.fixed(time));
    }
}
