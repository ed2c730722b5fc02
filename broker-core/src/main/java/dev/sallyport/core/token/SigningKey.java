package dev.sallyport.core.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.sallyport.core.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.text.ParseException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key that signs tokens and verifies its own signatures: P-256, for ES256.
 *
 * <p>Its {@code kid} is its RFC 7638 thumbprint, so two replicas name one key alike and a name can't be reused.
 */
public final class SigningKey {

    /** What such keys are for, as it is stored beside them. */
    public static final String PURPOSE = "token";

    private final ECKey jwk;
    private final JWSSigner signer;
    private final JWSVerifier verifier;

    private SigningKey(ECKey jwk, @Nullable Provider provider) throws JOSEException {
        this.jwk = jwk;
        ECDSASigner ecdsa = new ECDSASigner(jwk);
        ECDSAVerifier publicHalf = new ECDSAVerifier(jwk.toPublicJWK());
        if (provider != null) {
            ecdsa.getJCAContext().setProvider(provider);
            publicHalf.getJCAContext().setProvider(provider);
        }
        this.signer = ecdsa;
        this.verifier = publicHalf;
    }

    /**
     * Makes a new key.
     *
     * @param provider the cryptography to sign and verify with; null for the JDK's
     */
    public static SigningKey generate(@Nullable Provider provider) {
        try {
            return new SigningKey(
                    new ECKeyGenerator(Curve.P_256)
                            .algorithm(JWSAlgorithm.ES256)
                            .keyUse(KeyUse.SIGNATURE)
                            .keyIDFromThumbprint(true)
                            .generate(),
                    provider);
        } catch (JOSEException e) {
            throw new IllegalStateException("no P-256 key could be generated", e);
        }
    }

    /**
     * Reads a private JWK.
     *
     * @throws IllegalArgumentException when it is not one of ours: another type, no private part, or a false {@code kid}
     */
    public static SigningKey parse(String privateJwk, @Nullable Provider provider) {
        try {
            ECKey jwk = ECKey.parse(privateJwk);
            if (!jwk.isPrivate() || !jwk.computeThumbprint().toString().equals(jwk.getKeyID())) {
                throw new IllegalArgumentException("not a private key with its thumbprint as kid");
            }
            return new SigningKey(jwk, provider);
        } catch (ParseException | JOSEException e) {
            throw new IllegalArgumentException("not a P-256 private JWK");
        }
    }

    public String kid() {
        return Objects.requireNonNull(jwk.getKeyID());
    }

    public JWSAlgorithm algorithm() {
        return JWSAlgorithm.ES256;
    }

    /** The public JWK, as the JWKS shows it. */
    public Map<String, Object> publicJwk() {
        return jwk.toPublicJWK().toJSONObject();
    }

    /** The private JWK, to be sealed and stored: secret. */
    public String privateJwk() {
        return jwk.toJSONString();
    }

    /**
     * Signs a JWT that is no access token.
     *
     * @param type its {@code typ}, by which nobody takes it for one
     */
    public String sign(JOSEObjectType type, Map<String, Object> claims) {
        JWSHeader header =
                new JWSHeader.Builder(algorithm()).type(type).keyID(kid()).build();
        return sign(header, header.toBase64URL().toString(), claims);
    }

    String sign(JWSHeader header, String encodedHeader, Map<String, Object> claims) {
        String input = encodedHeader + "." + Base64URL.encode(CanonicalJson.bytes(claims));
        try {
            return input + "." + signer.sign(header, input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new IllegalStateException("the signing key does not sign", e);
        }
    }

    JWSSigner signer() {
        return signer;
    }

    JWSVerifier verifier() {
        return verifier;
    }

    @Override
    public String toString() {
        return "SigningKey[" + kid() + "]";
    }
}
