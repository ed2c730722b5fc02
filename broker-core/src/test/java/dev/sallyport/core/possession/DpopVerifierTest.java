package dev.sallyport.core.possession;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Hash;
import dev.sallyport.core.possession.DpopVerifier.Use;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DpopVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.250Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final String URI = "https://broker.example/oauth2/token";
    private static final Use USE = new Use("POST", URI, null);
    private static final Nonces NONCES = new Nonces(NonceKey.generate(), CLOCK);
    private static final DpopVerifier VERIFIER = new DpopVerifier(NONCES, false, null, CLOCK);
    private static final ECKey KEY = ec(Curve.P_256);

    @Test
    void a_good_proof_tells_the_key_that_the_caller_holds() throws JOSEException {
        assertThat(VERIFIER.verify(List.of(proof(claims -> {})), USE))
                .isInstanceOfSatisfying(
                        KeyProof.Held.class, held -> assertThat(held.jkt()).isEqualTo(thumbprint(KEY)));
        assertThat(VERIFIER.verify(List.of(), USE)).isEqualTo(new KeyProof.None());
    }

    @Test
    void every_algorithm_of_the_list_verifies_and_no_other() throws JOSEException, GeneralSecurityException {
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        assertHeld(signed(header(rsa, "RS256"), claims(), new RSASSASigner(rsa), JWSAlgorithm.RS256));
        assertHeld(signed(header(rsa, "PS256"), claims(), new RSASSASigner(rsa), JWSAlgorithm.PS256));
        assertHeld(edwards("EdDSA"));
        assertHeld(edwards("Ed25519"));
        assertBad(signed(header(rsa, "RS384"), claims(), new RSASSASigner(rsa), JWSAlgorithm.RS384), "jwk");
        ECKey p384 = ec(Curve.P_384);
        assertBad(signed(header(p384, "ES384"), claims(), new ECDSASigner(p384), JWSAlgorithm.ES384), "jwk");
        RSAKey small = new RSAKeyGenerator(1024, true).generate();
        assertBad(signed(header(small, "RS256"), claims(), small(small), JWSAlgorithm.RS256), "jwk");
    }

    @Test
    void neither_unsigned_nor_symmetric_proofs_are_accepted() throws JOSEException {
        assertBad(encoded(header(KEY, "none")) + "." + encoded(claims()) + ".", "not one signed JWT");
        OctetSequenceKey shared = new OctetSequenceKeyGenerator(256).generate();
        String hmac = signed(header(KEY, "HS256"), claims(), new MACSigner(shared), JWSAlgorithm.HS256);
        assertBad(hmac, "jwk");
        Map<String, Object> header = header(KEY, "HS256");
        header.put("jwk", shared.toJSONObject());
        assertBad(signed(header, claims(), new MACSigner(shared), JWSAlgorithm.HS256), "jwk");
    }

    @Test
    void a_private_key_in_a_proof_is_refused() throws JOSEException {
        Map<String, Object> header = header(KEY, "ES256");
        header.put("jwk", KEY.toJSONObject());
        assertBad(signed(header, claims()), "jwk");

        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        Map<String, Object> jwk = new HashMap<>(rsa.toPublicJWK().toJSONObject());
        jwk.put("p", rsa.getFirstPrimeFactor().toString());
        Map<String, Object> withPrime = header(rsa, "RS256");
        withPrime.put("jwk", jwk);
        assertBad(signed(withPrime, claims(), new RSASSASigner(rsa), JWSAlgorithm.RS256), "jwk");
    }

    @Test
    void only_the_key_in_jwk_counts() throws JOSEException {
        Map<String, Object> header = header(KEY, "ES256");
        header.remove("jwk");
        header.put("kid", "known");
        header.put("jku", "https://evil.example/jwks");
        assertBad(signed(header, claims()), "jwk");
        assertBad(signed(header(ec(Curve.P_256), "ES256"), claims()), "signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "at+jwt", "application/dpop+jwt", ""})
    void typ_is_that_of_a_proof(String typ) throws JOSEException {
        Map<String, Object> header = header(KEY, "ES256");
        header.put("typ", typ);
        assertBad(signed(header, claims()), "typ");
        header.remove("typ");
        assertBad(signed(header, claims()), "typ");
    }

    @Test
    void extensions_are_refused() throws JOSEException {
        Map<String, Object> header = header(KEY, "ES256");
        header.put("crit", List.of("b64"));
        header.put("b64", true);
        assertBad(signed(header, claims()), "crit");
    }

    @Test
    void there_is_one_header_with_one_proof_of_bounded_length() {
        String good = proof(claims -> {});
        assertThat(VERIFIER.verify(List.of(good, proof(claims -> {})), USE))
                .isEqualTo(new KeyProof.Bad("there is more than one DPoP header"));
        assertBad(good + ", " + good, "not one signed JWT");
        assertBad("", "not one signed JWT");
        assertBad(good.substring(0, good.lastIndexOf('.')), "not one signed JWT");
        assertBad(proof(claims -> claims.put("padding", "x".repeat(8000))), "longer");
        assertBad(proof(claims -> claims.put("jti", "x".repeat(257))), "jti");
        assertBad(proof(claims -> claims.put("jti", " ")), "jti");
        assertBad(proof(claims -> claims.remove("jti")), "jti");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                URI,
                "HTTPS://Broker.Example/oauth2/token",
                "https://broker.example:443/oauth2/token",
                "https://broker.example/oauth2/./token",
                "https://broker.example/oauth2/%74oken",
                // RFC 9449 section 4.3: compared ignoring any query and fragment parts.
                URI + "?a=b",
                URI + "#fragment"
            })
    void htu_is_compared_without_query_and_fragment_in_one_spelling(String htu) {
        assertHeld(proof(claims -> claims.put("htu", htu)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://broker.example/oauth2/token",
                "https://broker.example/oauth2/token/",
                "https://broker.example/oauth2/TOKEN",
                "https://broker.example:8443/oauth2/token",
                "https://user@broker.example/oauth2/token",
                "https://evil.example/oauth2/token",
                "https://broker.example/oauth2/token%00",
                "https://broker.example",
                "/oauth2/token",
                "not a uri",
                ""
            })
    void a_proof_for_another_url_is_refused(String htu) {
        assertBad(proof(claims -> claims.put("htu", htu)), "htu");
    }

    @Test
    void a_proof_for_another_method_is_refused() {
        assertBad(proof(claims -> claims.put("htm", "GET")), "htm");
        assertBad(proof(claims -> claims.put("htm", "post")), "htm");
        assertBad(proof(claims -> claims.remove("htm")), "htm");
        assertBad(proof(claims -> claims.remove("htu")), "htu");
    }

    @ParameterizedTest
    @CsvSource({"-61, false", "-59, true", "0, true", "60, true", "61, false", "-3600, false"})
    void iat_is_within_a_minute_of_now(long seconds, boolean good) {
        String proof = proof(claims -> claims.put("iat", SECOND + seconds));
        if (good) {
            assertHeld(proof);
        } else {
            assertBad(proof, "iat");
        }
    }

    @Test
    void iat_is_a_number() {
        assertHeld(proof(claims -> claims.put("iat", SECOND + 0.75)));
        assertBad(proof(claims -> claims.put("iat", "" + SECOND)), "iat");
        assertBad(proof(claims -> claims.put("iat", 1e300)), "iat");
        assertBad(proof(claims -> claims.put("iat", -1)), "iat");
        assertBad(proof(claims -> claims.remove("iat")), "iat");
    }

    @Test
    void a_proof_is_for_one_access_token() {
        Use withToken = new Use("POST", URI, "the.access.token");
        String right = proof(claims -> claims.put("ath", hash("the.access.token")));
        assertThat(VERIFIER.verify(List.of(right), withToken)).isInstanceOf(KeyProof.Held.class);
        String wrong = proof(claims -> claims.put("ath", hash("another.access.token")));
        assertThat(VERIFIER.verify(List.of(wrong), withToken)).isInstanceOf(KeyProof.Bad.class);
        assertThat(VERIFIER.verify(List.of(proof(claims -> {})), withToken)).isInstanceOf(KeyProof.Bad.class);
    }

    @Test
    void a_nonce_is_good_or_another_is_wanted() {
        DpopVerifier strict = new DpopVerifier(NONCES, true, null, CLOCK);
        String with = proof(claims -> claims.put("nonce", strict.nonce()));
        String foreign = proof(claims -> claims.put("nonce", new Nonces(NonceKey.generate(), CLOCK).fresh()));
        String odd = proof(claims -> claims.put("nonce", List.of()));
        String without = proof(claims -> {});

        assertHeld(with);
        assertThat(strict.verify(List.of(with), USE)).isInstanceOf(KeyProof.Held.class);
        assertHeld(without);
        assertThat(strict.verify(List.of(without), USE)).isInstanceOf(KeyProof.NonceWanted.class);
        for (DpopVerifier each : List.of(VERIFIER, strict)) {
            assertThat(each.verify(List.of(foreign), USE)).isInstanceOf(KeyProof.NonceWanted.class);
            assertThat(each.verify(List.of(odd), USE)).isInstanceOf(KeyProof.NonceWanted.class);
        }
    }

    @Test
    void a_proof_is_used_once_whatever_its_signature_looks_like() {
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        KeyProof.Held proof = held(proof(claims -> claims.put("jti", "one")));
        KeyProof.Held signedAgain = held(proof(claims -> claims.put("jti", "one")));

        assertThat(proof.spend(first)).isTrue();
        assertThat(proof.spend(first)).isTrue();
        assertThat(proof.spend(second)).isFalse();
        assertThat(signedAgain.spend(second)).isFalse();
        assertThat(held(proof(claims -> claims.put("jti", "two"))).spend(second))
                .isTrue();
        assertThat(signedAgain.id()).hasSize(16).isEqualTo(proof.id());
        assertThat(proof.stale()).isEqualTo(Instant.ofEpochSecond(SECOND + 60));
    }

    private static KeyProof.Held held(String proof) {
        return (KeyProof.Held) VERIFIER.verify(List.of(proof), USE);
    }

    private static void assertHeld(String proof) {
        assertThat(VERIFIER.verify(List.of(proof), USE)).isInstanceOf(KeyProof.Held.class);
    }

    private static void assertBad(String proof, String part) {
        assertThat(VERIFIER.verify(List.of(proof), USE))
                .isInstanceOfSatisfying(
                        KeyProof.Bad.class, bad -> assertThat(bad.detail()).contains(part));
    }

    private static String proof(Consumer<Map<String, Object>> change) {
        Map<String, Object> claims = claims();
        change.accept(claims);
        try {
            return signed(header(KEY, "ES256"), claims);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> claims() {
        return new HashMap<>(Map.of("jti", UUID.randomUUID().toString(), "htm", "POST", "htu", URI, "iat", SECOND));
    }

    private static Map<String, Object> header(JWK key, String algorithm) {
        return new HashMap<>(Map.of(
                "typ", "dpop+jwt", "alg", algorithm, "jwk", key.toPublicJWK().toJSONObject()));
    }

    private static String signed(Map<String, Object> header, Map<String, Object> claims) throws JOSEException {
        return signed(header, claims, new ECDSASigner(KEY), JWSAlgorithm.ES256);
    }

    private static String signed(
            Map<String, Object> header, Map<String, Object> claims, JWSSigner signer, JWSAlgorithm algorithm)
            throws JOSEException {
        String input = encoded(header) + "." + encoded(claims);
        return input + "." + signer.sign(new JWSHeader(algorithm), input.getBytes(StandardCharsets.US_ASCII));
    }

    private static String edwards(String algorithm) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] spki = pair.getPublic().getEncoded();
        Base64URL x = Base64URL.encode(Arrays.copyOfRange(spki, spki.length - 32, spki.length));
        OctetKeyPair jwk = new OctetKeyPair.Builder(Curve.Ed25519, x).build();
        String input = encoded(header(jwk, algorithm)) + "." + encoded(claims());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64URL.encode(signature.sign());
    }

    private static JWSSigner small(RSAKey key) throws JOSEException {
        return new RSASSASigner(key.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance()));
    }

    private static ECKey ec(Curve curve) {
        try {
            return new ECKeyGenerator(curve).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String thumbprint(JWK key) {
        try {
            return key.computeThumbprint().toString();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String hash(String token) {
        return Base64URL.encode(Hash.sha256(token.getBytes(StandardCharsets.US_ASCII)))
                .toString();
    }

    private static String encoded(Map<String, Object> json) {
        return Base64URL.encode(JSONObjectUtils.toJSONString(json)).toString();
    }
}
