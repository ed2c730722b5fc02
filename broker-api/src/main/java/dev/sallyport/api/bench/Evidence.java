package dev.sallyport.api.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.sallyport.core.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The platform that vouches for the agents: one key, and the assertions that it signs. */
final class Evidence {

    private static final int RSA_BITS = 2048;

    private final JWK key;
    private final JWSHeader header;
    private final JWSSigner signer;

    /** The algorithm that assertions are signed with. */
    enum Kind {
        ES256,
        RS256
    }

    private Evidence(JWK key, JWSHeader header, JWSSigner signer) {
        this.key = key;
        this.header = header;
        this.signer = signer;
    }

    static Evidence of(Kind kind, @Nullable Provider crypto) {
        try {
            JWK key = switch (kind) {
                case ES256 ->
                    new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
                case RS256 ->
                    new RSAKeyGenerator(RSA_BITS).keyIDFromThumbprint(true).generate();
            };
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.parse(kind.name()))
                    .type(JOSEObjectType.JWT)
                    .keyID(key.getKeyID())
                    .build();
            JWSSigner signer = switch (kind) {
                case ES256 -> new ECDSASigner(key.toECKey());
                case RS256 -> new RSASSASigner(key.toRSAKey());
            };
            if (crypto != null) {
                signer.getJCAContext().setProvider(crypto);
            }
            return new Evidence(key, header, signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("no key could be generated", e);
        }
    }

    /** The public key, as a JWKS. */
    Map<String, Object> jwks() {
        return new JWKSet(key).toJSONObject();
    }

    /** A JWT in compact form. */
    String sign(Map<String, Object> claims) {
        String input = header.toBase64URL() + "." + Base64URL.encode(CanonicalJson.bytes(claims));
        try {
            return input + "." + signer.sign(header, input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new IllegalStateException("the platform's key does not sign", e);
        }
    }
}
