package dev.sallyport.attestation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.sallyport.core.jwt.Ed25519Verifier;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.text.ParseException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One member of a JWKS: a key that verifies signatures, or something else. */
sealed interface JwksEntry {

    /** RSA keys below are too weak; NIST SP 800-131A. */
    int MIN_RSA_BITS = 2048;

    /** RSA keys above only cost time. */
    int MAX_RSA_BITS = 8192;

    @Nullable
    String kid();

    /**
     * A key that is ready to verify; its verifier is made once and shared by all threads.
     *
     * @param jwk the public key with its {@code alg}
     */
    record Usable(JWK jwk, JWSVerifier verifier) implements JwksEntry {

        @Override
        public @Nullable String kid() {
            return jwk.getKeyID();
        }

        /** Whether type and curve make such signatures and the key's own {@code alg}, if it has one, is this one. */
        boolean fits(JWSAlgorithm algorithm) {
            return Algorithms.fit(jwk, algorithm)
                    && (jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(algorithm));
        }
    }

    /**
     * An entry that verifies nothing here.
     *
     * @param reason what it is, to follow "it": {@code is a symmetric key}
     */
    record Unusable(@Nullable String kid, Fault fault, String reason) implements JwksEntry {}

    /** Why an entry is unusable. */
    enum Fault {
        /** Not a JWK. */
        MALFORMED,
        /** A secret, where only public keys belong. */
        SECRET,
        /** A public key for something else, of an unknown kind, or of a size that is refused. */
        UNSUITED
    }

    static JwksEntry read(@Nullable Object entry, @Nullable Provider crypto) {
        if (!(entry instanceof Map<?, ?> json)) {
            return new Unusable(null, Fault.MALFORMED, "is not a JSON object");
        }
        String kid = json.get("kid") instanceof String text ? text : null;
        if (KeyType.OCT.getValue().equals(json.get("kty"))) {
            return new Unusable(kid, Fault.SECRET, "is a symmetric key");
        }
        try {
            JWK jwk = JWK.parse(copied(json));
            if (jwk.isPrivate()) {
                return new Unusable(kid, Fault.SECRET, "is a private key");
            }
            String unsuited = unsuited(jwk);
            return unsuited == null
                    ? new Usable(jwk, verifier(jwk, crypto))
                    : new Unusable(kid, Fault.UNSUITED, unsuited);
        } catch (ParseException | JOSEException | GeneralSecurityException | RuntimeException e) {
            // Nimbus answers odd keys with several kinds of RuntimeException; an entry is skipped, never an outage.
            return new Unusable(kid, Fault.MALFORMED, "is not a well-formed JWK of a known kind");
        }
    }

    private static @Nullable String unsuited(JWK jwk) {
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            return "is not for signatures (use)";
        }
        if (jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)) {
            return "is not for verifying (key_ops)";
        }
        if (jwk instanceof RSAKey rsa && (rsa.size() < MIN_RSA_BITS || rsa.size() > MAX_RSA_BITS)) {
            return "is an RSA key of less than " + MIN_RSA_BITS + " or more than " + MAX_RSA_BITS + " bits";
        }
        return Algorithms.ALLOWED.stream().anyMatch(algorithm -> Algorithms.fit(jwk, algorithm))
                ? null
                : "is of a type or curve that is not accepted";
    }

    private static JWSVerifier verifier(JWK jwk, @Nullable Provider crypto)
            throws JOSEException, GeneralSecurityException {
        JWSVerifier verifier = switch (jwk) {
            case RSAKey rsa -> new RSASSAVerifier(rsa);
            case ECKey ec -> new ECDSAVerifier(ec);
            case OctetKeyPair okp when okp.getCurve().equals(Curve.Ed25519) -> new Ed25519Verifier(okp, crypto);
            default -> throw new JOSEException("no verifier for this kind of key");
        };
        if (crypto != null) {
            verifier.getJCAContext().setProvider(crypto);
        }
        return verifier;
    }

    private static Map<String, Object> copied(Map<?, ?> json) {
        Map<String, Object> copy = new HashMap<>();
        json.forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }
}
