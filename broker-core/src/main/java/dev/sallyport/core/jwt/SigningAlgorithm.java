package dev.sallyport.core.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.Invalid;
import java.util.Arrays;
import java.util.List;

/** What the broker signs tokens with, one of which each target asks for (RFC 7518 section 3.1, RFC 8037 section 3.1). */
public enum SigningAlgorithm {
    /** ECDSA on P-256: the default. */
    ES256("ES256"),
    /** Ed25519, by the name that relying parties know. */
    EDDSA("EdDSA"),
    /** RSA with PKCS #1 v1.5, for relying parties that know nothing else. */
    RS256("RS256");

    /** The values of {@code alg}, the default first. */
    public static final List<String> NAMES =
            Arrays.stream(values()).map(SigningAlgorithm::toString).toList();

    private final String alg;

    SigningAlgorithm(String alg) {
        this.alg = alg;
    }

    /** The algorithm of an {@code alg}; throws {@link Invalid} where it is none of these. */
    public static SigningAlgorithm of(String name) {
        return Arrays.stream(values())
                .filter(each -> each.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new Invalid("alg", "must be one of " + String.join(", ", NAMES)));
    }

    public JWSAlgorithm jws() {
        return JWSAlgorithm.parse(alg);
    }

    /** The value of {@code alg}. */
    @Override
    public String toString() {
        return alg;
    }
}
