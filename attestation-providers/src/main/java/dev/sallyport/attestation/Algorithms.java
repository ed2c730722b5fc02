package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The signature algorithms that are accepted, and the keys that each takes. */
final class Algorithms {

    private static final Set<JWSAlgorithm> RSA = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512);

    private static final Map<JWSAlgorithm, Curve> EC = Map.of(
            JWSAlgorithm.ES256, Curve.P_256,
            JWSAlgorithm.ES384, Curve.P_384,
            JWSAlgorithm.ES512, Curve.P_521);

    /** EdDSA as RFC 8037 calls it, and as RFC 9864 does. */
    private static final Set<JWSAlgorithm> EDWARDS = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    static final Set<JWSAlgorithm> ALLOWED =
            List.of(RSA, EC.keySet(), EDWARDS).stream().flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());

    /** For people. */
    static final String NAMES =
            ALLOWED.stream().map(JWSAlgorithm::getName).sorted().collect(Collectors.joining(", "));

    private Algorithms() {}

    /** Whether a key of this type and curve makes signatures of this algorithm. */
    static boolean fit(JWK key, JWSAlgorithm algorithm) {
        return switch (key) {
            case RSAKey _ -> RSA.contains(algorithm);
            case ECKey ec -> ec.getCurve().equals(EC.get(algorithm));
            case OctetKeyPair okp -> okp.getCurve().equals(Curve.Ed25519) && EDWARDS.contains(algorithm);
            default -> false;
        };
    }
}
