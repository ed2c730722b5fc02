package dev.sallyport.core.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.EdDSAProvider;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Verifies Ed25519 signatures (RFC 8032) with the platform's own cryptography; Nimbus's verifier would need Tink. */
public final class Ed25519Verifier extends EdDSAProvider implements JWSVerifier {

    private static final String NAME = "Ed25519";
    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    /** SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410 section 4). */
    private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final PublicKey key;
    private final @Nullable Provider crypto;

    /**
     * Takes a public key.
     *
     * @param crypto the cryptography to verify with; null for the JDK's
     */
    public Ed25519Verifier(OctetKeyPair jwk, @Nullable Provider crypto) throws GeneralSecurityException {
        byte[] raw = jwk.getDecodedX();
        if (raw.length != KEY_BYTES) {
            throw new GeneralSecurityException("an Ed25519 key has 32 bytes");
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.writeBytes(PREFIX);
        encoded.writeBytes(raw);
        // From the platform: Corretto's provider verifies with such a key but has a factory for them only on request.
        this.key = KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
        this.crypto = crypto;
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) throws JOSEException {
        byte[] raw = signature.decode();
        if (raw.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            Signature check = crypto == null ? Signature.getInstance(NAME) : Signature.getInstance(NAME, crypto);
            check.initVerify(key);
            check.update(signingInput);
            return check.verify(raw);
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new JOSEException("Ed25519 is not available", e);
        }
    }
}
