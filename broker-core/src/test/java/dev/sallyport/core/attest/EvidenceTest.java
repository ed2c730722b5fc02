package dev.sallyport.core.attest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.Evidence.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceTest {

    @Test
    void evidence_knows_what_it_is_presented_as() {
        String compact = compact("{\"sub\":\"spiffe://acme.example/bot\"}");

        assertThat(Evidence.jwt(compact)).extracting("use").isEqualTo(JwtEvidence.Use.GRANT);
        assertThat(Evidence.clientAssertion(compact))
                .extracting("use")
                .isEqualTo(JwtEvidence.Use.CLIENT_AUTHENTICATION);
        assertThat(Evidence.svidClientAssertion(compact))
                .extracting("use")
                .isEqualTo(JwtEvidence.Use.CLIENT_AUTHENTICATION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"sub\":\"bot\"}", "{\"sub\":\"https://spiffe://x\"}", "{\"sub\":7}", "{}"})
    void what_is_said_to_be_a_jwt_svid_must_have_a_spiffe_id_as_its_subject(String claims) {
        assertThat(Evidence.clientAssertion(compact(claims))).isInstanceOf(JwtEvidence.class);
        assertThat(Evidence.svidClientAssertion(compact(claims)))
                .isInstanceOfSatisfying(
                        Unreadable.class,
                        unreadable -> assertThat(unreadable.check()).isEqualTo(Check.SUBJECT));
    }

    @Test
    void what_can_not_be_read_is_told_as_that() {
        assertThat(Evidence.svidClientAssertion("x")).isEqualTo(Evidence.jwt("x"));
    }

    private static String compact(String claims) {
        return base64("{\"alg\":\"ES256\"}") + "." + base64(claims) + ".c2ln";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
