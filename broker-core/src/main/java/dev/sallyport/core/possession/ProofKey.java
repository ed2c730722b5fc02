package dev.sallyport.core.possession;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.sallyport.core.jwt.CompactJwt;
import dev.sallyport.core.jwt.Ed25519Verifier;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key that a proof brings along in {@code jwk}: public, and of a kind that is accepted.
 *
 * <p>Nothing else in the header is looked at to find a key: no {@code kid}, {@code jku}, {@code x5c} or {@code x5u}.
 */
record ProofKey(JWK jwk, JWSAlgorithm algorithm) {

    /** As the metadata lists them. */
    static final List<String> ALGORITHMS = List.of("ES256", "EdDSA", "Ed25519", "PS256", "RS256");

    /** What only private and symmetric keys have (RFC 7518 section 6). */
    private static final Set<String> SECRETS = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv");

    private static final int MIN_RSA_BITS = 2048;

    /** Larger ones only take time. */
    private static final int MAX_RSA_BITS = 4096;

    /** A large exponent makes verifying slow; 65537 has 17 bits. */
    private static final int MAX_RSA_EXPONENT_BITS = 32;

    /** The key of a proof; empty where there is none that is accepted for its algorithm. */
    static Optional<ProofKey> of(CompactJwt proof) {
        JWK jwk = proof.header().getJWK();
        JWSAlgorithm algorithm = proof.header().getAlgorithm();
        boolean accepted = jwk != null
                && proof.headerMember("jwk") instanceof Map<?, ?> members
                && SECRETS.stream().noneMatch(members::containsKey)
                && ALGORITHMS.contains(algorithm.getName())
                && fits(jwk, algorithm.getName());
        return accepted ? Optional.of(new ProofKey(jwk, algorithm)) : Optional.empty();
    }

    private static boolean fits(JWK jwk, String algorithm) {
        return switch (jwk) {
            case ECKey ec -> algorithm.equals("ES256") && ec.getCurve().equals(Curve.P_256);
            case OctetKeyPair okp ->
                (algorithm.equals("EdDSA") || algorithm.equals("Ed25519"))
                        && okp.getCurve().equals(Curve.Ed25519);
            case RSAKey rsa ->
                (algorithm.equals("RS256") || algorithm.equals("PS256"))
                        && rsa.size() >= MIN_RSA_BITS
                        && rsa.size() <= MAX_RSA_BITS
                        && rsa.getPublicExponent().decodeToBigInteger().bitLength() <= MAX_RSA_EXPONENT_BITS;
            default -> false;
        };
    }

    String thumbprint() throws JOSEException {
        return jwk.computeThumbprint().toString();
    }

    /** Whether the proof was signed with the key. */
    boolean signed(CompactJwt proof, @Nullable Provider crypto) {
        try {
            return proof.verifiedBy(verifier(crypto));
        } catch (JOSEException | GeneralSecurityException e) {
            return false;
        }
    }

    private JWSVerifier verifier(@Nullable Provider crypto) throws JOSEException, GeneralSecurityException {
        JWSVerifier verifier = switch (jwk) {
            case ECKey ec -> new ECDSAVerifier(ec);
            case RSAKey rsa -> new RSASSAVerifier((RSAPublicKey) rsa.toPublicKey());
            case OctetKeyPair okp -> new Ed25519Verifier(okp, crypto);
            default -> throw new JOSEException("no verifier for this kind of key");
        };
        if (crypto != null) {
            verifier.getJCAContext().setProvider(crypto);
        }
        return verifier;
    }
}
