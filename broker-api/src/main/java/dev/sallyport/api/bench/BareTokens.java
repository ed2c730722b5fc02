package dev.sallyport.api.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jca.JCAAware;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.Provider;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The bare program's cryptography: verifies an assertion with keys in memory, signs one JWT. */
final class BareTokens {

    static final int LIFETIME_SECONDS = 300;

    private final Map<String, JWSVerifier> verifiers = new HashMap<>();
    private final ECKey key;
    private final JWSSigner signer;
    private final JWSHeader header;

    BareTokens(JWKSet platform, @Nullable Provider crypto) throws JOSEException {
        for (JWK jwk : platform.getKeys()) {
            JWSVerifier verifier = jwk instanceof ECKey ec ? new ECDSAVerifier(ec) : new RSASSAVerifier(jwk.toRSAKey());
            use(verifier, crypto);
            verifiers.put(jwk.getKeyID(), verifier);
        }
        this.key = new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        this.signer = new ECDSASigner(key);
        use(signer, crypto);
        this.header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(key.getKeyID())
                .build();
    }

    private static void use(JCAAware<?> user, @Nullable Provider crypto) {
        if (crypto != null) {
            user.getJCAContext().setProvider(crypto);
        }
    }

    /** The public key, as a JWKS. */
    String jwks() {
        return new JWKSet(key.toPublicJWK()).toString();
    }

    /** The claims of an assertion, or null where its signature, issuer, audience or time is not right. */
    @Nullable
    JWTClaimsSet verified(String assertion, Instant now) throws ParseException, JOSEException {
        SignedJWT jwt = SignedJWT.parse(assertion);
        JWSVerifier verifier = verifiers.get(jwt.getHeader().getKeyID());
        if (verifier == null || !jwt.verify(verifier)) {
            return null;
        }
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        boolean right = Organisation.PLATFORM.equals(claims.getIssuer())
                && claims.getAudience().contains(Organisation.BROKER)
                && claims.getExpirationTime().toInstant().isAfter(now);
        return right ? claims : null;
    }

    /** A JWT for the subject of the assertion, with the claims of RFC 9068. */
    String mint(JWTClaimsSet proof, String resource, String scope, UUID jti, Instant now) throws JOSEException {
        Date issued = Date.from(now);
        SignedJWT token = new SignedJWT(
                header,
                new JWTClaimsSet.Builder()
                        .issuer(Organisation.BROKER)
                        .subject(Objects.requireNonNull(proof.getSubject()))
                        .claim("client_id", proof.getSubject())
                        .audience(resource)
                        .claim("scope", scope)
                        .issueTime(issued)
                        .notBeforeTime(issued)
                        .expirationTime(Date.from(now.plusSeconds(LIFETIME_SECONDS)))
                        .jwtID(jti.toString())
                        .build());
        token.sign(signer);
        return token.serialize();
    }
}
