package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.OIDC;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.Security;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is remembered of evidence that was verified, and that it never stands for more than it is. */
class VerifiedSignaturesTest {

    private static final String JWKS = "https://idp.example/keys";
    private static final TestKey EC = TestKey.of("ec", JWSAlgorithm.ES256);
    private static final JWK KEY = parsed();

    private final ManualTime time = new ManualTime();
    private final FakeFetch fetch = FakeFetch.nothing().serveKeys(JWKS, EC);
    private final AtomicInteger verifications = new AtomicInteger();
    private Instant now = TestIssuer.NOW;
    private final Providers providers =
            new Providers(TestIssuer.BROKER, fetch, counting(), () -> now, time, Runnable::run);
    private final Attestor attestor = compiled("acme");

    @Test
    void one_token_for_several_targets_is_verified_once() {
        String token = token();
        for (int i = 0; i < 5; i++) {
            assertThat(attest(attestor, token)).isInstanceOf(Verified.class);
        }
        assertThat(verifications).hasValue(1);
        attest(attestor, token());
        assertThat(verifications).hasValue(2);
    }

    @Test
    void another_signature_of_the_same_content_is_verified_itself() {
        TestToken content = OIDC.token().signedBy(EC);
        String one = content.compact();
        String other = content.compact(); // ECDSA draws a random number for each
        assertThat(one).isNotEqualTo(other);

        assertThat(attest(attestor, one)).isInstanceOf(Verified.class);
        assertThat(attest(attestor, other)).isInstanceOf(Verified.class);
        assertThat(verifications).hasValue(2);

        String altered = one.substring(0, one.lastIndexOf('.') + 1) + "A".repeat(86);
        attest(attestor, one);
        assertThat(attest(attestor, altered)).isInstanceOf(Rejected.class);
    }

    @Test
    void a_key_that_is_withdrawn_ends_it_at_once() {
        String token = token();
        attest(attestor, token);

        fetch.serveKeys(JWKS, TestKey.of("next", JWSAlgorithm.ES256));
        time.pass(Duration.ofMinutes(6));
        attest(attestor, token); // this one has the keys fetched again

        assertThat(attest(attestor, token))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(Check.KEY));
    }

    @Test
    void another_key_under_the_same_kid_ends_it_as_well() {
        String token = token();
        attest(attestor, token);

        fetch.serveKeys(JWKS, TestKey.of("ec", JWSAlgorithm.ES256));
        time.pass(Duration.ofMinutes(6));
        attest(attestor, token);

        assertThat(attest(attestor, token))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(Check.SIGNATURE));
    }

    @Test
    void the_same_keys_fetched_again_do_not() {
        String token = token();
        attest(attestor, token);
        time.pass(Duration.ofMinutes(6));
        attest(attestor, token);
        attest(attestor, token);

        assertThat(fetch.count()).isEqualTo(2);
        assertThat(verifications).hasValue(1);
    }

    @Test
    void every_other_check_is_made_each_time() {
        String token = token();
        attest(attestor, token);
        TrustProvider pinned = new TrustProvider(
                "acme",
                "oidc",
                OIDC.issuer(),
                List.of(),
                new Keys(null, JWKS, null, null),
                Map.of("tenant", List.of("other")),
                List.of());

        assertThat(attest(providers.compile(pinned, Set.of()).attestor(), token))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(Check.PIN));
        now = now.plusSeconds(301);
        assertThat(attest(attestor, token))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(Check.EXPIRY));
    }

    @Test
    void nothing_is_shared_between_trust_providers() {
        String token = token();
        attest(attestor, token);
        attest(compiled("other"), token);

        assertThat(verifications).hasValue(2);
    }

    @Test
    void a_trial_neither_uses_nor_leaves_anything() {
        String token = token();
        Attestor trial = providers
                .at(() -> now)
                .compile(OIDC.document(new Keys(null, JWKS, null, null)), Set.of())
                .attestor();
        attest(trial, token);
        attest(trial, token);
        assertThat(verifications).hasValue(2);

        attest(attestor, token);
        assertThat(verifications).hasValue(3);
    }

    @Test
    void what_is_remembered_is_bounded() {
        VerifiedSignatures seen = new VerifiedSignatures();
        for (int i = 0; i < 20_000; i++) {
            seen.add("acme", evidence(i), KEY);
        }
        int held = 0;
        for (int i = 0; i < 20_000; i++) {
            held += seen.hold("acme", evidence(i), KEY) ? 1 : 0;
        }
        assertThat(held).isBetween(1_000, 8_192);
    }

    private static JWK parsed() {
        try {
            return JWK.parse(EC.jwk());
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static JwtEvidence evidence(int number) {
        String header = TestToken.base64("{\"alg\":\"ES256\"}".getBytes(StandardCharsets.UTF_8));
        String payload = TestToken.base64(("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8));
        return (JwtEvidence) Evidence.jwt(header + "." + payload + ".c2ln");
    }

    private Attestor compiled(String name) {
        TrustProvider document = new TrustProvider(
                name, "oidc", OIDC.issuer(), List.of(), new Keys(null, JWKS, null, null), Map.of(), List.of());
        return providers.compile(document, Set.of()).attestor();
    }

    private String token() {
        return OIDC.token().signedBy(EC).compact();
    }

    private static Verdict attest(Attestor attestor, String token) {
        return attestor.attest(Evidence.jwt(token));
    }

    /** The platform's cryptography, which tells how often a signature was to be verified. */
    private Provider counting() {
        Provider real = Security.getProvider("SunEC");
        return new Provider("Counting", "1", "counts") {
            @Override
            public Provider.Service getService(String type, String algorithm) {
                Provider.Service service = real.getService(type, algorithm);
                if (service != null && type.equals("Signature")) {
                    verifications.incrementAndGet();
                }
                return service;
            }
        };
    }
}
