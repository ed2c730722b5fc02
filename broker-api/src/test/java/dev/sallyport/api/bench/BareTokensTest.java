package dev.sallyport.api.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.Crypto;
import java.security.Provider;
import java.text.ParseException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BareTokensTest {

    private static final Instant NOW = Instant.parse("2026-02-16T00:39:00Z");
    private static final long ISSUED = NOW.getEpochSecond();

    private final @Nullable Provider crypto = Crypto.fastest().provider();
    private final Organisation organisation = new Organisation(20, 10);

    @ParameterizedTest
    @EnumSource
    void a_token_verifies_and_names_the_subject_and_the_target(Evidence.Kind kind)
            throws ParseException, JOSEException {
        Evidence evidence = Evidence.of(kind, crypto);
        BareTokens tokens = new BareTokens(JWKSet.parse(evidence.jwks()), crypto);
        String assertion = evidence.sign(organisation.claims(3, ISSUED, ISSUED + 60, "a"));

        JWTClaimsSet proof = Objects.requireNonNull(tokens.verified(assertion, NOW));
        SignedJWT token = SignedJWT.parse(
                tokens.mint(proof, organisation.resource(3), organisation.scope(3), UUID.fromString("0-0-0-0-1"), NOW));

        assertThat(token.verify(new ECDSAVerifier(
                        JWKSet.parse(tokens.jwks()).getKeys().getFirst().toECKey())))
                .isTrue();
        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo(proof.getSubject());
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly("https://service-0.example/mcp");
    }

    @ParameterizedTest
    @EnumSource
    void an_assertion_that_has_expired_or_that_another_key_signed_is_not_proof(Evidence.Kind kind)
            throws ParseException, JOSEException {
        Evidence evidence = Evidence.of(kind, crypto);
        Evidence other = Evidence.of(kind, crypto);
        BareTokens tokens = new BareTokens(JWKSet.parse(evidence.jwks()), crypto);

        assertThat(tokens.verified(evidence.sign(organisation.claims(3, ISSUED - 60, ISSUED, "a")), NOW))
                .isNull();
        assertThat(tokens.verified(other.sign(organisation.claims(3, ISSUED, ISSUED + 60, "a")), NOW))
                .isNull();
    }
}
