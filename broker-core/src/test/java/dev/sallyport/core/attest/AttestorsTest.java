package dev.sallyport.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AttestorsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final String ISSUER = "https://idp.example";
    private static final Claims CLAIMS = Claims.of(Map.of("tenant", new Claims.One("acme")));
    private static final Verified VERIFIED =
            new Verified("workload-7", CLAIMS, NOW.minusSeconds(10), NOW.plusSeconds(300), "digest");
    private static final Rejected UNKNOWN_KEY = new Rejected(Check.KEY, "not mine");
    private static final Rejected WRONG_PIN = new Rejected(Check.PIN, "mine, but not welcome");

    @Test
    void proof_carries_the_name_and_type_of_the_provider_that_verified_it() {
        Appraisal appraisal = attest(provider("a", UNKNOWN_KEY), provider("b", VERIFIED));

        assertThat(appraisal).isInstanceOfSatisfying(Attestation.class, proof -> {
            assertThat(proof.provider()).isEqualTo("b");
            assertThat(proof.type()).isEqualTo("type-of-b");
            assertThat(proof.subject()).isEqualTo("workload-7");
            assertThat(proof.claims()).isEqualTo(CLAIMS);
            assertThat(proof.issued()).isEqualTo(NOW.minusSeconds(10));
            assertThat(proof.expires()).isEqualTo(NOW.plusSeconds(300));
            assertThat(proof.verified()).isEqualTo(NOW);
            assertThat(proof.digest()).isEqualTo("digest");
        });
    }

    @Test
    void the_order_of_providers_does_not_matter() {
        assertThat(attest(provider("a", VERIFIED), provider("b", UNKNOWN_KEY))).isInstanceOf(Attestation.class);
        assertThat(attest(provider("a", UNKNOWN_KEY), provider("b", VERIFIED))).isInstanceOf(Attestation.class);
    }

    @Test
    void a_token_that_several_providers_signed_is_nobodys() {
        for (Verdict other : List.of(VERIFIED, WRONG_PIN)) {
            NotAttested expected =
                    new NotAttested(Check.KEY, "several trust providers hold the key that signed the token");
            assertThat(attest(provider("a", VERIFIED), provider("b", other))).isEqualTo(expected);
            assertThat(attest(provider("a", other), provider("b", VERIFIED))).isEqualTo(expected);
        }
    }

    @Test
    void the_provider_whose_key_signed_says_what_is_wrong() {
        NotAttested expected = new NotAttested(Check.PIN, "mine, but not welcome");

        assertThat(attest(provider("a", UNKNOWN_KEY), provider("b", WRONG_PIN))).isEqualTo(expected);
        assertThat(attest(provider("a", WRONG_PIN), provider("b", UNKNOWN_KEY))).isEqualTo(expected);
    }

    @Test
    void a_token_that_no_provider_signed_is_refused() {
        assertThat(attest(provider("a", UNKNOWN_KEY), provider("b", UNKNOWN_KEY)))
                .isEqualTo(new NotAttested(Check.KEY, "not mine"));
    }

    @Test
    void an_unknown_issuer_is_refused_without_asking_anybody() {
        Provider other = new Provider("a", "oidc", "https://other.example", evidence -> {
            throw new AssertionError("asked");
        });

        assertThat(attest(other))
                .isEqualTo(new NotAttested(Check.ISSUER, "no trust provider is configured for the token's issuer"));
        assertThat(attest()).isInstanceOf(NotAttested.class);
    }

    @Test
    void a_token_without_issuer_is_refused() {
        for (String payload : List.of("{}", "{\"iss\":7}", "{\"iss\":null}", "{\"iss\":[\"" + ISSUER + "\"]}")) {
            Appraisal appraisal = attestors(provider("a", VERIFIED)).attest(jwt(payload));
            assertThat(appraisal).isEqualTo(new NotAttested(Check.ISSUER, "the token has no iss claim"));
        }
    }

    @Test
    void a_jwt_svid_is_known_by_its_trust_domain_with_or_without_an_issuer() {
        Provider svids = new Provider(
                "a", "spiffe", new Origin.TrustDomain("example.org"), EvidenceTerms.DEFAULT, evidence -> VERIFIED);
        String subject = "\"sub\":\"spiffe://example.org/bot\"";

        assertThat(attestors(svids).attest(jwt("{" + subject + "}"))).isInstanceOf(Attestation.class);
        assertThat(attestors(svids).attest(jwt("{" + subject + ",\"iss\":\"https://spire.example\"}")))
                .isInstanceOf(Attestation.class);
        assertThat(attestors(svids).attest(jwt("{\"sub\":\"spiffe://other.example/bot\"}")))
                .isEqualTo(new NotAttested(
                        Check.ISSUER, "no trust provider is configured for the trust domain of the token's subject"));
    }

    @Test
    void a_token_with_a_known_issuer_and_a_known_trust_domain_is_that_of_whose_key_signed() {
        Provider svids = new Provider(
                "a", "spiffe", new Origin.TrustDomain("example.org"), EvidenceTerms.DEFAULT, evidence -> UNKNOWN_KEY);
        Evidence both = jwt("{\"sub\":\"spiffe://example.org/bot\",\"iss\":\"" + ISSUER + "\"}");

        assertThat(attestors(svids, provider("b", VERIFIED)).attest(both))
                .isInstanceOfSatisfying(
                        Attestation.class, proof -> assertThat(proof.provider()).isEqualTo("b"));
        assertThat(attestors(
                                new Provider("a", "spiffe", svids.origin(), svids.terms(), evidence -> VERIFIED),
                                provider("b", VERIFIED))
                        .attest(both))
                .isInstanceOf(NotAttested.class);
    }

    @Test
    void what_cannot_be_read_is_refused_with_its_problem() {
        assertThat(attestors(provider("a", VERIFIED)).attest(new Evidence.Unreadable(Check.FORMAT, "broken")))
                .isEqualTo(new NotAttested(Check.FORMAT, "broken"));
    }

    @Test
    void a_provider_whose_keys_are_out_of_reach_is_breakage() {
        Provider unreachable = new Provider("a", "oidc", ISSUER, evidence -> {
            throw new Unavailable("keys");
        });

        assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> attest(unreachable));
    }

    private static Appraisal attest(Provider... providers) {
        return attestors(providers).attest(jwt("{\"iss\":\"" + ISSUER + "\"}"));
    }

    private static Attestors attestors(Provider... providers) {
        return Attestors.of(List.of(providers), Set.of(), InstantSource.fixed(NOW));
    }

    private static Provider provider(String name, Verdict verdict) {
        return new Provider(name, "type-of-" + name, ISSUER, evidence -> verdict);
    }

    private static Evidence jwt(String payload) {
        return Evidence.jwt(base64("{\"alg\":\"RS256\"}") + "." + base64(payload) + ".c2ln");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
