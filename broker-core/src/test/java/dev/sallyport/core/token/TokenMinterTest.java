package dev.sallyport.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.core.Uuids;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.jwt.PrivateJwk;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.core.possession.Confirmation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenMinterTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.250Z");
    private static final SigningKey KEY = SigningKey.of(PrivateJwk.generate(SigningAlgorithm.ES256), null);
    private static final KeyRing KEYS = KeyRing.of(KEY);
    private static final JwtMinter MINTER =
            new JwtMinter("https://broker.example", "broker.example", KEYS, new Uuids(InstantSource.fixed(NOW)));

    @Test
    void the_token_is_an_access_token_of_rfc_9068_for_one_audience() throws Exception {
        MintedToken token = MINTER.mint(permit(Duration.ofMinutes(5), NOW.plusSeconds(3600), null));

        SignedJWT jwt = SignedJWT.parse(token.compact());
        assertThat(jwt.getHeader().toJSONObject()).isEqualTo(Map.of("typ", "at+jwt", "alg", "ES256", "kid", KEY.kid()));
        ECKey published = JWKSet.parse(KEYS.jwks()).getKeyByKeyId(KEY.kid()).toECKey();
        assertThat(published.isPrivate()).isFalse();
        assertThat(jwt.verify(new ECDSAVerifier(published))).isTrue();
        Map<String, Object> claims = jwt.getPayload().toJSONObject();
        assertThat(claims)
                .containsOnlyKeys("iss", "sub", "client_id", "aud", "scope", "iat", "nbf", "exp", "jti", "attestation")
                .containsEntry("iss", "https://broker.example")
                .containsEntry("sub", "spiffe://broker.example/agent/invoice-bot")
                .containsEntry("client_id", "invoice-bot")
                .containsEntry("aud", "https://invoices.example/mcp")
                .containsEntry("scope", "invoices:read invoices:write")
                .containsEntry("iat", NOW.getEpochSecond())
                .containsEntry("nbf", NOW.getEpochSecond())
                .containsEntry("exp", NOW.getEpochSecond() + 300)
                .containsEntry("jti", token.jti().toString());
        assertThat(claims.get("attestation"))
                .isEqualTo(Map.of(
                        "provider", "ci", "type", "github-actions", "time", NOW.getEpochSecond(), "digest", "d1"));
        assertThat(token.jti().version()).isEqualTo(7);
    }

    @Test
    void the_brokers_own_verifier_takes_it() {
        MintedToken token = MINTER.mint(permit(Duration.ofMinutes(5), NOW.plusSeconds(3600), null));
        TokenVerifier verifier = new TokenVerifier("https://broker.example", KEYS, InstantSource.fixed(NOW));

        assertThat(verifier.verify(token.compact(), "https://invoices.example/mcp", Confirmation.NONE))
                .isInstanceOfSatisfying(AccessToken.class, verified -> {
                    assertThat(verified.jti()).isEqualTo(token.jti());
                    assertThat(verified.agent()).isEqualTo("invoice-bot");
                    assertThat(verified.actions()).isEqualTo(token.actions());
                    assertThat(verified.expires()).isEqualTo(token.expires());
                    assertThat(verified.provider()).isEqualTo("ci");
                });
    }

    @Test
    void a_relying_party_may_want_another_audience_than_the_resource() throws Exception {
        MintedToken token = MINTER.mint(permit(Duration.ofMinutes(5), NOW.plusSeconds(3600), "sts.cloud.example"));

        assertThat(SignedJWT.parse(token.compact()).getPayload().toJSONObject())
                .containsEntry("aud", "sts.cloud.example");
    }

    @Test
    void lifetimes_only_shrink() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 200; i++) {
            Duration ttl = Duration.ofSeconds(random.nextLong(1, 3601));
            Instant evidenceEnds = NOW.plusMillis(random.nextLong(1_000, 7_200_000));

            MintedToken token = MINTER.mint(permit(ttl, evidenceEnds, null));

            assertThat(token.expires()).isAfter(token.issued()).isBeforeOrEqualTo(evidenceEnds);
            assertThat(token.lifetime()).isLessThanOrEqualTo(ttl).isLessThanOrEqualTo(TokenRules.HARD_CAP);
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_token_is_signed_with_the_algorithm_that_its_target_asks_for(SigningAlgorithm algorithm) throws Exception {
        KeyRing keys = KeyRing.of(Arrays.stream(SigningAlgorithm.values())
                .map(each -> SigningKey.of(PrivateJwk.generate(each), null))
                .toArray(SigningKey[]::new));
        JwtMinter minter =
                new JwtMinter("https://broker.example", "broker.example", keys, new Uuids(InstantSource.fixed(NOW)));

        String token = minter.mint(permit(Duration.ofMinutes(5), NOW.plusSeconds(3600), null, algorithm.toString()))
                .compact();

        SignedJWT jwt = SignedJWT.parse(token);
        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(algorithm.jws());
        JWK key = JWKSet.parse(keys.jwks()).getKeyByKeyId(jwt.getHeader().getKeyID());
        assertThat(key.getAlgorithm()).isEqualTo(algorithm.jws());
        assertThat(new TokenVerifier("https://broker.example", keys, InstantSource.fixed(NOW))
                        .verify(token, "https://invoices.example/mcp", Confirmation.NONE))
                .isInstanceOf(AccessToken.class);
    }

    private static Permit permit(Duration ttl, Instant evidenceEnds, @Nullable String audience) {
        return permit(ttl, evidenceEnds, audience, "ES256");
    }

    private static Permit permit(Duration ttl, Instant evidenceEnds, @Nullable String audience, String alg) {
        Agent agent = new Agent(
                "invoice-bot",
                Agent.Kind.WORKLOAD,
                null,
                Map.of(),
                null,
                List.of(new Binding("ci", Map.of("repository_id", "1001"))));
        Target target = new Target(
                "invoices",
                "https://invoices.example/mcp",
                Target.Kind.MCP_SERVER,
                List.of("invoices:*"),
                List.of(),
                new TokenRules(Duration.ofHours(1), alg, Proof.NONE, audience),
                List.of());
        Ask ask = new Ask(
                agent, attestation(evidenceEnds), target, List.of(), List.of(), new Ask.Facts(NOW, "192.0.2.7"));
        return new Permit(ask, List.of("invoices:read", "invoices:write"), ttl, Set.of(), Map.of(), List.of("p"));
    }

    private static Attestation attestation(Instant expires) {
        Provider provider = new Provider(
                "ci",
                "github-actions",
                "https://ci.example",
                evidence -> new Verdict.Verified("s", Claims.NONE, NOW.minusSeconds(5), expires, "d1"));
        String jwt = encoded("{\"alg\":\"ES256\"}") + "." + encoded("{\"iss\":\"https://ci.example\"}") + ".AA";
        return (Attestation) Attestors.of(List.of(provider), Set.of(), InstantSource.fixed(NOW))
                .attest(Evidence.jwt(jwt));
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
