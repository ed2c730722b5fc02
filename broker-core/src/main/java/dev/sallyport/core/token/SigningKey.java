package dev.sallyport.core.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.jwt.Ed25519Verifier;
import dev.sallyport.core.jwt.PrivateJwk;
import dev.sallyport.core.jwt.Signer;
import dev.sallyport.core.jwt.SigningAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A key that signs tokens and verifies its own signatures: a public half, and whatever signs with the private one. */
public final class SigningKey {

    /** What such keys are for, as it is stored beside them. */
    public static final String PURPOSE = "token";

    private final JWK open;
    private final SigningAlgorithm algorithm;
    private final Signer signer;
    private final JWSVerifier verifier;

    /**
     * Joins the two halves.
     *
     * @param open the public JWK, with its {@code kid}, {@code alg} and {@code use}
     * @param signer signs with the private half, which need not be in this process
     * @param crypto the cryptography to verify with; null for the JDK's
     */
    public SigningKey(JWK open, SigningAlgorithm algorithm, Signer signer, @Nullable Provider crypto) {
        this.open = open.toPublicJWK();
        this.algorithm = algorithm;
        this.signer = signer;
        this.verifier = verifier(open, algorithm, crypto);
    }

    /**
     * A key whose private half the broker keeps itself.
     *
     * @param crypto the cryptography to sign and verify with; null for the JDK's
     */
    public static SigningKey of(PrivateJwk key, @Nullable Provider crypto) {
        return new SigningKey(key.open(), key.algorithm(), key.signer(crypto), crypto);
    }

    private static JWSVerifier verifier(JWK open, SigningAlgorithm algorithm, @Nullable Provider crypto) {
        try {
            return switch (algorithm) {
                case ES256 -> {
                    ECDSAVerifier ecdsa = new ECDSAVerifier(open.toECKey());
                    if (crypto != null) {
                        ecdsa.getJCAContext().setProvider(crypto);
                    }
                    yield ecdsa;
                }
                case EDDSA -> new Ed25519Verifier((OctetKeyPair) open.toPublicJWK(), crypto);
                case RS256 -> {
                    RSASSAVerifier rsa = new RSASSAVerifier(open.toRSAKey());
                    if (crypto != null) {
                        rsa.getJCAContext().setProvider(crypto);
                    }
                    yield rsa;
                }
            };
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalArgumentException("not a public JWK for " + algorithm, e);
        }
    }

    public String kid() {
        return Objects.requireNonNull(open.getKeyID());
    }

    public SigningAlgorithm algorithm() {
        return algorithm;
    }

    /** The public JWK, as the JWKS shows it. */
    public Map<String, Object> publicJwk() {
        return open.toJSONObject();
    }

    /**
     * Signs a JWT that is no access token.
     *
     * @param type its {@code typ}, by which nobody takes it for one
     */
    String sign(JOSEObjectType type, Map<String, Object> claims) {
        return sign(header(type), claims);
    }

    /** The encoded header of the JWTs of one type. */
    String header(JOSEObjectType type) {
        return new JWSHeader.Builder(algorithm.jws())
                .type(type)
                .keyID(kid())
                .build()
                .toBase64URL()
                .toString();
    }

    String sign(String header, Map<String, Object> claims) {
        String input = header + "." + Base64URL.encode(CanonicalJson.bytes(claims));
        return input + "." + Base64URL.encode(sign(input.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The signature of a JWS signing input. */
    byte[] sign(byte[] input) {
        return signer.sign(input);
    }

    JWSVerifier verifier() {
        return verifier;
    }

    @Override
    public String toString() {
        return "SigningKey[" + kid() + "]";
    }
}
