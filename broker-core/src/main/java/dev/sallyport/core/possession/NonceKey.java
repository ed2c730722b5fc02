package dev.sallyport.core.possession;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.SecureRandom;
import java.text.ParseException;
import java.util.Objects;

/** The key that the broker knows its own nonces by: 32 bytes, for HMAC with SHA-256, the same at every replica. */
public final class NonceKey {

    /** What such a key is for, as it is stored beside it. */
    public static final String PURPOSE = "nonce";

    private static final JWSHeader HEADER = new JWSHeader(JWSAlgorithm.HS256);
    private static final int LENGTH = 32;
    private static final int KID_LENGTH = 16;

    private final OctetSequenceKey jwk;
    private final MACSigner signer;

    private NonceKey(OctetSequenceKey jwk) {
        this.jwk = jwk;
        try {
            this.signer = new MACSigner(jwk);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("not a key for HMAC with SHA-256");
        }
    }

    /** Makes a new key, under a random name: a thumbprint would be a hash of the secret. */
    public static NonceKey generate() {
        return new NonceKey(new OctetSequenceKey.Builder(random(LENGTH))
                .algorithm(JWSAlgorithm.HS256)
                .keyID(random(KID_LENGTH).toString())
                .build());
    }

    /**
     * Reads a JWK.
     *
     * @throws IllegalArgumentException when it is not one of ours: another type or length, or without a name
     */
    public static NonceKey parse(String jwk) {
        try {
            OctetSequenceKey parsed = OctetSequenceKey.parse(jwk);
            if (parsed.toByteArray().length != LENGTH || parsed.getKeyID() == null) {
                throw new IllegalArgumentException("not a key of 32 bytes with a name");
            }
            return new NonceKey(parsed);
        } catch (ParseException e) {
            throw new IllegalArgumentException("not a symmetric JWK");
        }
    }

    public String kid() {
        return Objects.requireNonNull(jwk.getKeyID());
    }

    /** The algorithm, as it is stored beside the key. */
    public String algorithm() {
        return JWSAlgorithm.HS256.getName();
    }

    /** The JWK, to be sealed and stored: secret. */
    public String privateJwk() {
        return jwk.toJSONString();
    }

    byte[] mac(byte[] text) {
        try {
            return signer.sign(HEADER, text).decode();
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java platform has HMAC with SHA-256", e);
        }
    }

    private static Base64URL random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return Base64URL.encode(bytes);
    }

    @Override
    public String toString() {
        return "NonceKey[" + kid() + "]";
    }
}
