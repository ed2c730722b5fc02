package dev.sallyport.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.jwt.CompactJwt;
import dev.sallyport.core.jwt.PrivateJwk;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.possession.Confirmation;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.250Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final String ISSUER = "https://broker.example";
    private static final String AUDIENCE = ISSUER + "/v1";
    private static final String JTI = "019ab6f1-7c5e-7d3a-8c2b-1f0e9d8c7b6a";

    private static final String JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    private static final String CERTIFICATE = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2";

    private static final SigningKey ACTIVE = SigningKey.of(PrivateJwk.generate(SigningAlgorithm.ES256), null);
    private static final SigningKey PREVIOUS = SigningKey.of(PrivateJwk.generate(SigningAlgorithm.ES256), null);
    private static final SigningKey STRANGER = SigningKey.of(PrivateJwk.generate(SigningAlgorithm.ES256), null);
    private static final TokenVerifier VERIFIER =
            new TokenVerifier(ISSUER, KeyRing.of(ACTIVE, PREVIOUS), InstantSource.fixed(NOW));

    @Test
    void a_good_token_is_verified_and_says_what_it_says() {
        Verification verification = VERIFIER.verify(token(claims -> {}), AUDIENCE, Confirmation.NONE);

        assertThat(verification).isInstanceOfSatisfying(AccessToken.class, token -> {
            assertThat(token.jti()).isEqualTo(UUID.fromString(JTI));
            assertThat(token.subject()).isEqualTo("spiffe://broker.example/agent/admin-bot");
            assertThat(token.agent()).isEqualTo("admin-bot");
            assertThat(token.audience()).isEqualTo(AUDIENCE);
            assertThat(token.actions()).containsExactly("policy:read", "audit:read");
            assertThat(token.issued()).isEqualTo(Instant.ofEpochSecond(SECOND - 10));
            assertThat(token.expires()).isEqualTo(Instant.ofEpochSecond(SECOND + 290));
            assertThat(token.provider()).isEqualTo("ci");
        });
    }

    @Test
    void every_published_key_verifies() {
        assertVerified(signed(header(PREVIOUS, Map.of()), json(claims()), PREVIOUS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"})
    void typ_is_compared_without_case_or_application(String typ) {
        assertVerified(signed(header(ACTIVE, Map.of("typ", typ)), json(claims()), ACTIVE));
    }

    @Test
    void clocks_of_replicas_may_differ_by_five_seconds() {
        assertVerified(token(claims -> claims.put("iat", SECOND + 5)));
        assertVerified(token(claims -> claims.put("nbf", SECOND + 5)));
        assertRefused(token(claims -> claims.put("iat", SECOND + 6)), "not valid yet");
        assertRefused(token(claims -> claims.put("nbf", SECOND + 6)), "not valid yet");
    }

    @Test
    void an_expiry_gets_no_grace() {
        assertVerified(token(claims -> claims.put("exp", SECOND + 1)));
        assertRefused(token(claims -> claims.put("exp", SECOND)), "expired");
        TokenVerifier onTheSecond =
                new TokenVerifier(ISSUER, KeyRing.of(ACTIVE), InstantSource.fixed(Instant.ofEpochSecond(SECOND + 290)));
        assertThat(onTheSecond.verify(token(claims -> {}), AUDIENCE, Confirmation.NONE))
                .isEqualTo(new NotVerified("the token has expired"));
    }

    @Test
    void a_bound_token_comes_out_for_whoever_holds_what_it_is_bound_to_and_for_nobody_else() {
        String byKey = token(claims -> claims.put("cnf", Map.of("jkt", JKT)));
        String byCertificate = token(claims -> claims.put("cnf", Map.of("x5t#S256", CERTIFICATE)));
        String byBoth = token(claims -> claims.put("cnf", Map.of("jkt", JKT, "x5t#S256", CERTIFICATE)));

        assertHeld(byKey, JKT, null);
        assertHeld(byKey, JKT, CERTIFICATE);
        assertHeld(byCertificate, null, CERTIFICATE);
        assertHeld(byBoth, JKT, CERTIFICATE);
        assertHeld(token(claims -> {}), null, CERTIFICATE);
        assertNotHeld(byKey, null, null);
        assertNotHeld(byKey, CERTIFICATE, null);
        assertNotHeld(byKey, null, JKT);
        assertNotHeld(byCertificate, null, null);
        assertNotHeld(byCertificate, null, JKT);
        assertNotHeld(byCertificate, JKT, CERTIFICATE);
        assertNotHeld(byBoth, JKT, null);
        assertNotHeld(byBoth, null, CERTIFICATE);
    }

    @Test
    void a_bearer_token_is_not_taken_with_a_proof_of_a_key() {
        assertNotHeld(token(claims -> {}), JKT, null);
    }

    private static void assertHeld(String token, @Nullable String jkt, @Nullable String certificate) {
        assertThat(VERIFIER.verify(token, AUDIENCE, new Confirmation(jkt, certificate)))
                .isInstanceOf(AccessToken.class);
    }

    private static void assertNotHeld(String token, @Nullable String jkt, @Nullable String certificate) {
        assertThat(VERIFIER.verify(token, AUDIENCE, new Confirmation(jkt, certificate)))
                .isInstanceOf(NotHeld.class);
    }

    static Stream<Arguments> wrongClaims() {
        return Stream.of(
                claim("another audience", "audience", "aud", "https://invoices.example/mcp"),
                claim("a slash behind the audience", "audience", "aud", AUDIENCE + "/"),
                claim("the issuer as audience", "audience", "aud", ISSUER),
                claim("a list of the one audience", "audience", "aud", List.of(AUDIENCE)),
                claim("a list of audiences", "audience", "aud", List.of(AUDIENCE, "https://invoices.example/mcp")),
                claim("audience in another case", "audience", "aud", "https://BROKER.example/v1"),
                without("no audience", "audience", "aud"),
                claim("another issuer", "issuer", "iss", "https://evil.example"),
                claim("a slash behind the issuer", "issuer", "iss", ISSUER + "/"),
                without("no issuer", "issuer", "iss"),
                claim("long expired", "expired", "exp", SECOND - 3600),
                claim("expiry as text", "exp", "exp", "" + (SECOND + 300)),
                claim("expiry with a fraction", "exp", "exp", SECOND + 300.5),
                claim("expiry beyond all dates", "exp", "exp", Long.MAX_VALUE),
                claim("negative expiry", "exp", "exp", -1),
                without("no expiry", "exp", "exp"),
                without("no iat", "iat", "iat"),
                without("no nbf", "nbf", "nbf"),
                claim("passed on", "act", "act", Map.of("sub", "spiffe://broker.example/agent/other")),
                claim("passed on by nobody", "act", "act", Map.of()),
                claim("bound in another way", "cnf", "cnf", Map.of("jwk", Map.of("kty", "EC"))),
                claim("bound in another way too", "cnf", "cnf", Map.of("jkt", JKT, "kid", "k")),
                claim("bound to what is no text", "cnf", "cnf", Map.of("jkt", 1)),
                claim("bound to nothing", "cnf", "cnf", Map.of()),
                claim("jti is no UUID", "jti", "jti", "token-1"),
                claim("jti in short form", "jti", "jti", "1-1-1-1-1"),
                without("no jti", "jti", "jti"),
                without("no subject", "sub", "sub"),
                claim("empty subject", "sub", "sub", ""),
                claim("a number as subject", "sub", "sub", 7),
                without("no agent", "client_id", "client_id"),
                without("no scope", "scope", "scope"),
                claim("blank scope", "scope", "scope", " "),
                claim("a list as scope", "scope", "scope", List.of("policy:read")),
                without("no attestation", "attestation", "attestation"),
                claim("an attestation by nobody", "attestation", "attestation", Map.of("type", "oidc")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongClaims")
    void a_token_whose_claims_are_not_right_is_refused(String what, String part, Consumer<Map<String, Object>> change) {
        assertRefused(token(change), part);
    }

    static Stream<Arguments> wrongHeaders() {
        return Stream.of(
                header("evidence or an ID token", "typ", Map.of("typ", "JWT")),
                header("no typ", "typ", Map.of("typ", "")),
                header("a DPoP proof", "typ", Map.of("typ", "dpop+jwt")),
                header("typ with a parameter", "typ", Map.of("typ", "at+jwt;v=1")),
                header("unknown kid", "key of this broker", Map.of("kid", "nobody")),
                header("the kid of another key of ours", "signature", Map.of("kid", PREVIOUS.kid())),
                header("another algorithm", "algorithm", Map.of("alg", "ES384")),
                header("HMAC by name", "algorithm", Map.of("alg", "HS256")),
                header("alg none", "not signed", Map.of("alg", "none")),
                header("alg None", "not signed", Map.of("alg", "None")),
                header("crit", "crit", Map.of("crit", List.of("exp"), "exp", 1)),
                header("unencoded payload", "b64", Map.of("crit", List.of("b64"), "b64", false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongHeaders")
    void a_token_whose_header_is_not_right_is_refused(String what, String part, Map<String, Object> changes) {
        assertRefused(signed(header(ACTIVE, changes), json(claims()), ACTIVE), part);
    }

    @Test
    void a_token_without_typ_or_kid_is_refused() {
        assertRefused(signed("{\"alg\":\"ES256\",\"kid\":\"" + ACTIVE.kid() + "\"}", json(claims()), ACTIVE), "typ");
        assertRefused(signed("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", json(claims()), ACTIVE), "key of this broker");
    }

    @Test
    void a_foreign_key_under_a_kid_of_ours_does_not_verify() {
        assertRefused(signed(header(ACTIVE, Map.of()), json(claims()), STRANGER), "signature");
    }

    @Test
    void a_key_that_the_token_brings_along_is_not_looked_at() {
        String known = header(ACTIVE, Map.of("jwk", STRANGER.publicJwk()));
        String unknown = header(STRANGER, Map.of("jwk", STRANGER.publicJwk()));

        assertRefused(signed(known, json(claims()), STRANGER), "signature");
        assertRefused(signed(unknown, json(claims()), STRANGER), "key of this broker");
    }

    @Test
    void any_other_signature_is_refused_the_unused_bits_of_its_last_character_included() {
        String good = token(claims -> {});
        int first = good.lastIndexOf('.') + 1;
        for (int at : List.of(first, first + 43, good.length() - 1)) {
            for (char other : "ABQgw_".toCharArray()) {
                if (good.charAt(at) != other) {
                    assertRefused(good.substring(0, at) + other + good.substring(at + 1), "signature");
                }
            }
        }
        char unusedBit = (char) (good.charAt(good.length() - 1) + 1); // 86 characters hold four bits more than 64 bytes
        assertRefused(good.substring(0, good.length() - 1) + unusedBit, "signature");
        assertRefused(good.substring(0, first), "signature");
        assertRefused(good.substring(0, first) + "A".repeat(86), "signature");
        assertRefused(good.substring(0, good.length() - 2), "signature");
    }

    @Test
    void claims_under_the_signature_of_others_are_refused() {
        String good = token(claims -> {});
        String longer = token(claims -> claims.put("exp", SECOND + 3600));

        assertRefused(
                longer.substring(0, longer.lastIndexOf('.')) + good.substring(good.lastIndexOf('.')), "signature");
    }

    @Test
    void hmac_with_the_public_key_as_secret_is_refused() throws JOSEException, ParseException {
        ECKey key = ECKey.parse(ACTIVE.publicJwk());
        for (byte[] secret :
                List.of(key.toPublicKey().getEncoded(), key.toJSONString().getBytes(StandardCharsets.UTF_8))) {
            String input =
                    Base64URL.encode(header(ACTIVE, Map.of("alg", "HS256"))) + "." + Base64URL.encode(json(claims()));
            Base64URL mac = new MACSigner(secret)
                    .sign(new JWSHeader(JWSAlgorithm.HS256), input.getBytes(StandardCharsets.US_ASCII));

            assertRefused(input + "." + mac, "algorithm");
        }
    }

    @Test
    void members_that_repeat_are_refused_in_header_and_claims() {
        String header = header(ACTIVE, Map.of());
        String claims = json(claims());

        assertRefused(signed(header, claims.replaceFirst("\\{", "{\"aud\":\"x\","), ACTIVE), "repeated members");
        assertRefused(signed(header.replaceFirst("\\{", "{\"typ\":\"JWT\","), claims, ACTIVE), "repeated members");
        assertRefused(signed(header, claims.replaceFirst("\\{", "{\"\\\\u0061ct\":{},"), ACTIVE), "repeated members");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "x", "a.b", "a.b.c", "a.b.c.d", "a.b.c.d.e", "{\"payload\":\"\"}"})
    void what_is_no_compact_jwt_is_refused(String text) {
        assertThat(VERIFIER.verify(text, AUDIENCE, Confirmation.NONE)).isInstanceOf(NotVerified.class);
    }

    @Test
    void a_token_has_one_spelling_and_a_bounded_size() {
        String good = token(claims -> {});

        for (String other : List.of(good + "=", good + " ", " " + good, good + "\n", good + ".", good + "~")) {
            assertThat(VERIFIER.verify(other, AUDIENCE, Confirmation.NONE)).isInstanceOf(NotVerified.class);
        }
        assertRefused(token(claims -> claims.put("scope", "a".repeat(CompactJwt.MAX_LENGTH))), "longer");
    }

    @Test
    void nothing_of_the_token_is_told() {
        String evil = token(claims -> claims.put("iss", "https://evil.example"));

        assertThat(VERIFIER.verify(evil, AUDIENCE, Confirmation.NONE))
                .isEqualTo(new NotVerified("the token's issuer is not this broker"));
    }

    private static void assertVerified(String compact) {
        assertThat(VERIFIER.verify(compact, AUDIENCE, Confirmation.NONE)).isInstanceOf(AccessToken.class);
    }

    private static void assertRefused(String compact, String part) {
        assertThat(VERIFIER.verify(compact, AUDIENCE, Confirmation.NONE))
                .isInstanceOfSatisfying(
                        NotVerified.class,
                        refused -> assertThat(refused.detail()).contains(part));
    }

    private static Arguments claim(String what, String part, String name, Object value) {
        Consumer<Map<String, Object>> change = claims -> claims.put(name, value);
        return Arguments.of(what, part, change);
    }

    private static Arguments without(String what, String part, String name) {
        Consumer<Map<String, Object>> change = claims -> claims.remove(name);
        return Arguments.of(what, part, change);
    }

    private static Arguments header(String what, String part, Map<String, Object> changes) {
        return Arguments.of(what, part, changes);
    }

    private static String token(Consumer<Map<String, Object>> change) {
        Map<String, Object> claims = claims();
        change.accept(claims);
        return signed(header(ACTIVE, Map.of()), json(claims), ACTIVE);
    }

    private static Map<String, Object> claims() {
        Map<String, Object> claims = new HashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", "spiffe://broker.example/agent/admin-bot");
        claims.put("client_id", "admin-bot");
        claims.put("aud", AUDIENCE);
        claims.put("scope", "policy:read audit:read");
        claims.put("iat", SECOND - 10);
        claims.put("nbf", SECOND - 10);
        claims.put("exp", SECOND + 290);
        claims.put("jti", JTI);
        claims.put("attestation", Map.of("provider", "ci", "type", "oidc", "time", SECOND - 10, "digest", "d1"));
        return claims;
    }

    private static String header(SigningKey key, Map<String, Object> changes) {
        Map<String, Object> header = new HashMap<>(Map.of("alg", "ES256", "typ", "at+jwt", "kid", key.kid()));
        header.putAll(changes);
        return json(header);
    }

    private static String json(Map<String, Object> object) {
        return JSONObjectUtils.toJSONString(object);
    }

    /** Signs with ES256, whatever the header says. */
    private static String signed(String header, String claims, SigningKey key) {
        String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        return input + "." + Base64URL.encode(key.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }
}
