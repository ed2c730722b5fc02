package dev.sallyport.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.jwt.PrivateJwk;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.token.KeyRing.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyRingTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final SigningKey FIRST = key(SigningAlgorithm.ES256);
    private static final SigningKey SECOND = key(SigningAlgorithm.ES256);
    private static final SigningKey THIRD = key(SigningAlgorithm.ES256);
    private static final SigningKey OTHER = key(SigningAlgorithm.EDDSA);

    private static final KeyRing RING = new KeyRing(List.of(
            new Member(SECOND, NOON),
            new Member(FIRST, NOON.minusSeconds(3600)),
            new Member(THIRD, NOON.plusSeconds(3600)),
            new Member(OTHER, NOON.plusSeconds(60))));

    @Test
    void the_youngest_that_has_begun_signs() {
        assertThat(active(NOON.minusNanos(1))).isSameAs(FIRST);
        assertThat(active(NOON)).isSameAs(SECOND);
        assertThat(active(NOON.plusSeconds(3599))).isSameAs(SECOND);
        assertThat(active(NOON.plusSeconds(3600))).isSameAs(THIRD);
        assertThat(active(NOON.plus(Duration.ofDays(1000)))).isSameAs(THIRD);
    }

    @Test
    void before_any_has_begun_the_first_to_begin_signs() {
        assertThat(active(Instant.EPOCH)).isSameAs(FIRST);
    }

    @Test
    void a_key_signs_for_its_own_algorithm_only() {
        assertThat(RING.active(SigningAlgorithm.EDDSA, NOON)).isSameAs(OTHER);
        assertThatThrownBy(() -> RING.active(SigningAlgorithm.RS256, NOON)).isInstanceOf(Unavailable.class);
    }

    @Test
    void all_are_published_with_algorithm_use_and_kid_and_without_their_secrets() throws Exception {
        List<Map<String, Object>> keys =
                List.of(JSONObjectUtils.getJSONObjectArray(JSONObjectUtils.parse(RING.jwks()), "keys"));

        assertThat(keys)
                .extracting(each -> each.get("kid"))
                .containsExactly(SECOND.kid(), FIRST.kid(), THIRD.kid(), OTHER.kid());
        assertThat(keys).extracting(each -> each.get("alg")).containsExactly("ES256", "ES256", "ES256", "EdDSA");
        assertThat(keys)
                .allSatisfy(each -> assertThat(each).containsEntry("use", "sig").doesNotContainKey("d"));
    }

    @ParameterizedTest
    @EnumSource
    void a_key_is_read_back_only_for_its_own_algorithm_and_with_its_own_thumbprint_as_kid(SigningAlgorithm algorithm) {
        PrivateJwk key = PrivateJwk.generate(algorithm);

        assertThat(PrivateJwk.parse(key.json(), algorithm).kid()).isEqualTo(key.kid());
        assertThat(key.toString()).isEqualTo("PrivateJwk[" + key.kid() + "]");
        for (SigningAlgorithm other : SigningAlgorithm.values()) {
            if (other != algorithm) {
                assertThatIllegalArgumentException().isThrownBy(() -> PrivateJwk.parse(key.json(), other));
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivateJwk.parse(key.json().replace(key.kid(), "another"), algorithm));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivateJwk.parse(key.open().toJSONString(), algorithm));
    }

    @Test
    void a_key_can_sign_whose_private_half_is_elsewhere() throws Exception {
        PrivateJwk elsewhere = PrivateJwk.generate(SigningAlgorithm.ES256);
        byte[] input = {1, 2, 3};
        SigningKey key = new SigningKey(elsewhere.open(), SigningAlgorithm.ES256, elsewhere.signer(null), null);

        assertThat(key.verifier()
                        .verify(new JWSHeader(key.algorithm().jws()), input, Base64URL.encode(key.sign(input))))
                .isTrue();
        assertThat(key.publicJwk()).doesNotContainKey("d");
    }

    @Test
    void a_key_is_known_to_every_cache_before_it_signs() {
        KeySchedule schedule = new KeySchedule(Duration.ofDays(30), Duration.ofMinutes(10));
        assertThat(schedule.cacheable()).isEqualTo(Duration.ofMinutes(5));
        assertThat(new KeySchedule(Duration.ofMinutes(15), Duration.ofSeconds(10)).cacheable())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(schedule.activation(NOON)).isEqualTo(NOON.plus(Duration.ofMinutes(10)));
        assertThat(schedule.due(NOON.minus(Duration.ofDays(30)), NOON)).isTrue();
        assertThat(schedule.due(NOON.minus(Duration.ofDays(30)).plusNanos(1), NOON))
                .isFalse();
        assertThat(schedule.over(NOON.minus(Duration.ofMinutes(65)), NOON)).isFalse();
        assertThat(schedule.over(NOON.minus(Duration.ofMinutes(65)).minusNanos(1), NOON))
                .isTrue();
    }

    @Test
    void a_schedule_that_would_leave_no_time_is_refused() {
        assertThatThrownBy(() -> new KeySchedule(Duration.ofMinutes(14), Duration.ofMinutes(1)))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> new KeySchedule(Duration.ofMinutes(20), Duration.ofMinutes(10)))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> new KeySchedule(Duration.ofMinutes(20), Duration.ofSeconds(9)))
                .isInstanceOf(Invalid.class);
    }

    private static SigningKey active(Instant now) {
        return RING.active(SigningAlgorithm.ES256, now);
    }

    private static SigningKey key(SigningAlgorithm algorithm) {
        return SigningKey.of(PrivateJwk.generate(algorithm), null);
    }
}
