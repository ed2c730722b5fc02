package dev.sallyport.core.log;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import dev.sallyport.core.jwt.Ed25519Keys;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The key that signs the log's checkpoints, and nothing else: Ed25519.
 *
 * <p>Its {@code kid} is its RFC 7638 thumbprint. It is not in the key set that tokens are verified with.
 */
public final class LogKey {

    /** What such a key is for, as it is stored beside it. */
    public static final String PURPOSE = "log";

    /** The length of a signature in bytes. */
    static final int SIGNATURE_LENGTH = 64;

    public static final String ALGORITHM = "Ed25519";

    private static final int LENGTH = 32;

    /** A SubjectPublicKeyInfo up to the 32 bytes of the key (RFC 8410 section 4). */
    private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

    private final OctetKeyPair jwk;
    private final PrivateKey secret;
    private final PublicKey open;

    private LogKey(OctetKeyPair jwk) throws GeneralSecurityException {
        byte[] spki = Arrays.copyOf(SPKI, SPKI.length + LENGTH);
        System.arraycopy(jwk.getDecodedX(), 0, spki, SPKI.length, LENGTH);
        this.jwk = jwk;
        this.secret = Ed25519Keys.secret(jwk);
        this.open = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(spki));
    }

    /** Makes a new key. */
    public static LogKey generate() {
        try {
            return new LogKey(Ed25519Keys.generate(JWSAlgorithm.Ed25519));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no Ed25519 key could be generated", e);
        }
    }

    /**
     * Reads a private JWK.
     *
     * @throws IllegalArgumentException when it is not one of ours: another type, halves that don't belong together, or a false
     *     {@code kid}
     */
    public static LogKey parse(String privateJwk) {
        try {
            OctetKeyPair jwk = OctetKeyPair.parse(privateJwk);
            if (!Curve.Ed25519.equals(jwk.getCurve())
                    || !jwk.isPrivate()
                    || jwk.getDecodedX().length != LENGTH
                    || !jwk.computeThumbprint().toString().equals(jwk.getKeyID())) {
                throw new IllegalArgumentException("not a private Ed25519 key with its thumbprint as kid");
            }
            LogKey key = new LogKey(jwk);
            if (!key.verifies(SPKI, key.sign(SPKI))) {
                throw new IllegalArgumentException("the private and the public half of the log key differ");
            }
            return key;
        } catch (ParseException | JOSEException | GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 private JWK");
        }
    }

    public String kid() {
        return Objects.requireNonNull(jwk.getKeyID());
    }

    public String algorithm() {
        return ALGORITHM;
    }

    /** The private JWK, to be sealed and stored: secret. */
    public String privateJwk() {
        return jwk.toJSONString();
    }

    /** The 32 bytes of the public key (RFC 8032 section 5.1.5). */
    byte[] publicBytes() {
        return jwk.getDecodedX();
    }

    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the log key does not sign", e);
        }
    }

    boolean verifies(byte[] message, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(open);
            signature.update(message);
            return signature.verify(signed);
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the log key does not verify", e);
        }
    }

    @Override
    public String toString() {
        return "LogKey[" + kid() + "]";
    }
}
