package dev.sallyport.core.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT5M", "PT1H"})
    void a_lifetime_of_up_to_an_hour_is_fine(String ttl) {
        assertThat(rules(ttl).maxTtl()).isEqualTo(Duration.parse(ttl));
        assertThat(new Grant(Duration.parse(ttl), null).ttl()).isEqualTo(Duration.parse(ttl));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H1S", "PT24H", "PT0S", "PT-1S", "PT0.5S", "PT1M0.001S"})
    void neither_a_target_nor_a_policy_may_ask_for_another(String ttl) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> rules(ttl))
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo("maxTtl"));
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> new Grant(Duration.parse(ttl), null))
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo("ttl"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "HS256", "es256", "Ed25519", "RS512", ""})
    void tokens_are_signed_with_one_of_three_algorithms(String alg) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> new TokenRules(Duration.ofMinutes(5), alg, Proof.NONE, null))
                .satisfies(invalid -> assertThat(invalid.reason()).isEqualTo("must be one of ES256, EdDSA, RS256"));
    }

    private static TokenRules rules(String maxTtl) {
        return new TokenRules(Duration.parse(maxTtl), "ES256", Proof.NONE, null);
    }
}
