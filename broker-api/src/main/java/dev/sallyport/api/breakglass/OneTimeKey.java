package dev.sallyport.api.breakglass;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.store.BreakGlass;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/**
 * A key that signs once and is forgotten: the evidence that it signed is all that there is of it.
 *
 * @param door what the database is told
 */
record OneTimeKey(ECKey key, Instant made, BreakGlass door) {

    static OneTimeKey generate(Instant made, Instant until) {
        try {
            ECKey key = new ECKeyGenerator(Curve.P_256)
                    .keyIDFromThumbprint(true)
                    .algorithm(JWSAlgorithm.ES256)
                    .generate();
            String name = "break-glass-" + UUID.randomUUID().toString().substring(0, 8);
            return new OneTimeKey(
                    key, made, new BreakGlass(name, key.toPublicJWK().toJSONString(), until));
        } catch (JOSEException e) {
            throw new IllegalStateException("no key can be made", e);
        }
    }

    /** The RFC 7638 thumbprint. */
    String thumbprint() {
        return key.getKeyID();
    }

    /** What is exchanged at the token endpoint, until the door closes: a secret as long as that. */
    String evidence(String issuer) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(BreakGlass.issuer(door.name()))
                .subject(door.name())
                .audience(issuer)
                .issueTime(Date.from(made))
                .expirationTime(Date.from(door.until()))
                .jwtID(UUID.randomUUID().toString())
                .build();
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .type(JOSEObjectType.JWT)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("the evidence can't be signed", e);
        }
    }

    @Override
    public String toString() {
        return "OneTimeKey[" + door.name() + "]";
    }
}
