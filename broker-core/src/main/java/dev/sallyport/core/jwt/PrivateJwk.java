package dev.sallyport.core.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.JWKGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A private key that the broker keeps itself, as it is sealed and stored: secret.
 *
 * <p>Its {@code kid} is its RFC 7638 thumbprint, so two replicas name one key alike and a name can't be reused.
 */
public final class PrivateJwk {

    /** Enough for signatures that count for an hour; 3072 bits would sign at a third of the speed. */
    private static final int RSA_BITS = 2048;

    private static final byte[] PROBE = new byte[32];

    private final JWK jwk;
    private final SigningAlgorithm algorithm;

    private PrivateJwk(JWK jwk, SigningAlgorithm algorithm) {
        this.jwk = jwk;
        this.algorithm = algorithm;
    }

    /** Makes a new key. */
    public static PrivateJwk generate(SigningAlgorithm algorithm) {
        return new PrivateJwk(
                switch (algorithm) {
                    case ES256 -> generated(new ECKeyGenerator(Curve.P_256), algorithm);
                    case EDDSA -> Ed25519Keys.generate(algorithm.jws());
                    case RS256 -> generated(new RSAKeyGenerator(RSA_BITS), algorithm);
                },
                algorithm);
    }

    private static JWK generated(JWKGenerator<? extends JWK> generator, SigningAlgorithm algorithm) {
        try {
            return generator
                    .algorithm(algorithm.jws())
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("no " + algorithm + " key could be generated", e);
        }
    }

    /**
     * Reads one.
     *
     * @param algorithm the one that it must be for
     * @throws IllegalArgumentException when it is not one of ours: for another algorithm, without a private half, or with a
     *     false {@code kid}
     */
    public static PrivateJwk parse(String json, SigningAlgorithm algorithm) {
        try {
            JWK jwk = JWK.parse(json);
            if (!jwk.isPrivate()
                    || !fits(jwk, algorithm)
                    || !algorithm.jws().equals(jwk.getAlgorithm())
                    || !KeyUse.SIGNATURE.equals(jwk.getKeyUse())
                    || !jwk.computeThumbprint().toString().equals(jwk.getKeyID())) {
                throw new IllegalArgumentException(
                        "not a private key for " + algorithm + " with its thumbprint as kid");
            }
            return new PrivateJwk(jwk, algorithm);
        } catch (ParseException | JOSEException e) {
            throw new IllegalArgumentException("not a private JWK for " + algorithm);
        }
    }

    private static boolean fits(JWK jwk, SigningAlgorithm algorithm) {
        return switch (jwk) {
            case ECKey ec ->
                algorithm == SigningAlgorithm.ES256 && ec.getCurve().equals(Curve.P_256);
            case OctetKeyPair okp ->
                algorithm == SigningAlgorithm.EDDSA && okp.getCurve().equals(Curve.Ed25519);
            case RSAKey rsa -> algorithm == SigningAlgorithm.RS256 && rsa.size() >= RSA_BITS;
            default -> false;
        };
    }

    public String kid() {
        return Objects.requireNonNull(jwk.getKeyID());
    }

    public SigningAlgorithm algorithm() {
        return algorithm;
    }

    /** The public half. */
    public JWK open() {
        return jwk.toPublicJWK();
    }

    /** The private JWK, to be sealed and stored: secret. */
    public String json() {
        return jwk.toJSONString();
    }

    /**
     * What signs with it; safe to use from all threads.
     *
     * @param crypto the cryptography to sign with; null for the JDK's
     */
    public Signer signer(@Nullable Provider crypto) {
        String name = signature();
        try {
            PrivateKey secret = secret(crypto);
            Signer signer = input -> sign(name, crypto, secret, input);
            byte[] _ = signer.sign(PROBE);
            return signer;
        } catch (GeneralSecurityException | JOSEException e) {
            throw new IllegalStateException("the key " + kid() + " can't be used");
        }
    }

    private String signature() {
        return switch (algorithm) {
            case ES256 -> "SHA256withECDSAinP1363Format";
            case EDDSA -> "Ed25519";
            case RS256 -> "SHA256withRSA";
        };
    }

    /** As the provider's own, where it has a factory: it would translate a foreign one again for each signature. */
    private PrivateKey secret(@Nullable Provider crypto) throws GeneralSecurityException, JOSEException {
        PrivateKey secret = switch (jwk) {
            case OctetKeyPair okp -> Ed25519Keys.secret(okp);
            case ECKey ec -> ec.toPrivateKey();
            default -> jwk.toRSAKey().toPrivateKey();
        };
        if (crypto == null || crypto.getService("KeyFactory", secret.getAlgorithm()) == null) {
            return secret;
        }
        return KeyFactory.getInstance(secret.getAlgorithm(), crypto)
                .generatePrivate(new PKCS8EncodedKeySpec(secret.getEncoded()));
    }

    private static byte[] sign(String name, @Nullable Provider crypto, PrivateKey secret, byte[] input) {
        try {
            Signature signature = crypto == null ? Signature.getInstance(name) : Signature.getInstance(name, crypto);
            signature.initSign(secret);
            signature.update(input);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the signing key does not sign", e);
        }
    }

    @Override
    public String toString() {
        return "PrivateJwk[" + kid() + "]";
    }
}
