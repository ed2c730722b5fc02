package dev.sallyport.core.possession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class NoncesTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private final NonceKey key = NonceKey.generate();

    @Test
    void a_nonce_is_good_for_five_minutes_at_every_replica() {
        String nonce = at(NOW).fresh();

        assertThat(nonce).matches("[A-Za-z0-9_-]{32}");
        assertThat(at(NOW).good(nonce)).isTrue();
        assertThat(at(NOW.plusSeconds(299)).good(nonce)).isTrue();
        assertThat(at(NOW.minusSeconds(5)).good(nonce)).isTrue();
        assertThat(at(NOW.plusSeconds(300)).good(nonce)).isFalse();
        assertThat(at(NOW.minusSeconds(6)).good(nonce)).isFalse();
        Nonces replica = new Nonces(NonceKey.parse(key.privateJwk()), InstantSource.fixed(NOW));
        assertThat(replica.good(nonce)).isTrue();
    }

    @Test
    void no_two_are_alike() {
        assertThat(at(NOW).fresh()).isNotEqualTo(at(NOW).fresh());
    }

    @Test
    void what_the_broker_did_not_make_is_not_good() {
        String nonce = at(NOW).fresh();
        for (int i = 0; i < nonce.length(); i++) {
            char other = nonce.charAt(i) == 'A' ? 'B' : 'A';
            String altered = nonce.substring(0, i) + other + nonce.substring(i + 1);
            assertThat(at(NOW).good(altered)).isFalse();
        }
        assertThat(at(NOW).good("")).isFalse();
        assertThat(at(NOW).good(nonce + "A")).isFalse();
        assertThat(at(NOW).good("!".repeat(32))).isFalse();
        assertThat(new Nonces(NonceKey.generate(), InstantSource.fixed(NOW)).good(nonce))
                .isFalse();
    }

    @Test
    void the_key_shows_nothing_of_itself_and_no_other_is_taken() {
        assertThat(key.toString()).isEqualTo("NonceKey[" + key.kid() + "]");
        assertThat(NonceKey.parse(key.privateJwk()).kid()).isEqualTo(key.kid());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NonceKey.parse("{\"kty\":\"oct\",\"kid\":\"x\",\"k\":\"c2hvcnQ\"}"))
                .withMessageNotContaining("c2hvcnQ");
        assertThatIllegalArgumentException().isThrownBy(() -> NonceKey.parse("{}"));
    }

    private Nonces at(Instant time) {
        return new Nonces(key, InstantSource.fixed(time));
    }
}
