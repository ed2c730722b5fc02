package dev.sallyport.core.possession;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.sallyport.core.possession.DpopVerifier.Use;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Proofs of any kind, and a good one altered in places. */
class DpopFuzzTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final Use USE = new Use("POST", "https://broker.example/oauth2/token", null);
    private static final DpopVerifier VERIFIER =
            new DpopVerifier(new Nonces(NonceKey.generate(), CLOCK), false, null, CLOCK);
    private static final String GOOD = good();

    private static String good() {
        try {
            ECKey key = new ECKeyGenerator(Curve.P_256).generate();
            String input = Base64URL.encode("{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":"
                            + key.toPublicJWK().toJSONString() + "}")
                    + "." + Base64URL.encode(claims());
            return input + "."
                    + new ECDSASigner(key)
                            .sign(new JWSHeader(JWSAlgorithm.ES256), input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String claims() {
        return "{\"jti\":\"a\",\"htm\":\"POST\",\"htu\":\"" + USE.uri() + "\",\"iat\":" + NOW.getEpochSecond() + "}";
    }

    /** Each three bytes of input alter one character: where, in two bytes, and how. */
    @FuzzTest
    void a_proof_that_was_altered_proves_nothing(byte[] input) {
        byte[] proof = GOOD.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + 2 < input.length; i += 3) {
            int at = ((input[i] & 0xff) << 8 | (input[i + 1] & 0xff)) % proof.length;
            proof[at] ^= (byte) (input[i + 2] & 0x7f);
        }
        String altered = new String(proof, StandardCharsets.US_ASCII);
        assertThat(VERIFIER.verify(List.of(altered), USE) instanceof KeyProof.Held)
                .isEqualTo(altered.equals(GOOD));
    }

    /** The input is the key, an algorithm before it: whatever it is, nobody has signed with it. */
    @FuzzTest
    void a_key_of_any_shape_is_refused_without_its_signature(byte[] input) {
        String[] parts = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        String header = "{\"typ\":\"dpop+jwt\",\"alg\":\"" + parts[0] + "\",\"jwk\":" + parts[parts.length - 1] + "}";
        String proof = Base64URL.encode(header) + "." + Base64URL.encode(claims()) + ".AAAA";
        assertThat(VERIFIER.verify(List.of(proof), USE)).isInstanceOf(KeyProof.Bad.class);
    }
}
