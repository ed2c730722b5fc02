package dev.sallyport.api.development;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Vouches for the developer, and for whomever the developer names: an OIDC issuer within the broker.
 *
 * <p>Its key lies in the data directory. Its documents bind the agent {@code developer}, who may administer. The broker
 * treats it like any trust provider, so that in development, too, no token comes without an attestation.
 */
public final class DevelopmentIssuer {

    /** The subject and the agent. */
    static final String DEVELOPER = "developer";

    static final Duration LONGEST = Duration.ofHours(12);

    private static final String KEY_FILE = "dev-issuer-key";
    private static final String PROVIDER = "dev";

    /** Without a port, so that it stays the same when that changes: the keys stand in the document. */
    private static final String ISSUER = "http://localhost/dev";

    private final ECKey key;
    private final InstantSource clock;

    private DevelopmentIssuer(ECKey key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /** The issuer whose key lies in the directory, made at first start. */
    static DevelopmentIssuer beside(DataDirectory directory, InstantSource clock) {
        try {
            Optional<String> kept = directory.readSecret(KEY_FILE);
            ECKey key = kept.isPresent() ? ECKey.parse(kept.get()) : fresh();
            if (kept.isEmpty()) {
                directory.writeSecret(KEY_FILE, key.toJSONString());
            }
            return new DevelopmentIssuer(key, clock);
        } catch (ParseException e) {
            throw new Invalid("dev", "the file " + KEY_FILE + " in the data directory is not a key");
        }
    }

    private static ECKey fresh() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("no P-256 key could be generated", e);
        }
    }

    /** The trust provider, the developer and the policy, to be added to the bundle. */
    public Configuration documents() {
        return new Configuration(
                List.of(provider()),
                List.of(new Agent(
                        DEVELOPER,
                        Agent.Kind.WORKLOAD,
                        null,
                        Map.of(),
                        null,
                        List.of(new Binding(PROVIDER, Map.of("sub", DEVELOPER))))),
                List.of(),
                List.of(new Policy(
                        "developer-administers",
                        null,
                        Policy.Effect.ALLOW,
                        List.of(Policy.Selector.named(DEVELOPER)),
                        List.of(Target.BUILT_IN),
                        List.of("*"),
                        null,
                        Policy.Grant.UNRESTRICTED,
                        null)));
    }

    private TrustProvider provider() {
        Map<String, Object> keys = new JWKSet(key.toPublicJWK()).toJSONObject();
        return new TrustProvider(
                PROVIDER,
                "oidc",
                ISSUER,
                List.of(),
                new TrustProvider.Keys(null, null, keys, null),
                Map.of(),
                List.of());
    }

    /** Throws unless the configuration in force trusts this issuer: a database that was set up without it does not. */
    void checkTrusted(Configuration configuration) {
        TrustProvider mine = provider();
        Invalid.unless(
                configuration.trustProviders().stream()
                        .anyMatch(each ->
                                ISSUER.equals(each.issuer()) && each.keys().equals(mine.keys())),
                "dev",
                "this database was set up without --dev, or has lost its trust provider " + PROVIDER
                        + "; use another data directory");
    }

    /** Evidence for a subject, with the issue time, the expiry and whatever else this issuer itself says. */
    String evidence(String audience, String subject, Map<String, String> claims, Duration lifetime) {
        Instant now = clock.instant();
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder();
        claims.forEach(set::claim);
        set.issuer(ISSUER)
                .audience(audience)
                .subject(subject)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .jwtID(UUID.randomUUID().toString());
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(JOSEObjectType.JWT)
                        .keyID(key.getKeyID())
                        .build(),
                set.build());
        try {
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("the development issuer's key does not sign", e);
        }
    }

    /** How long the evidence is still good; empty unless it is the developer's, from here and not expired. */
    Optional<Duration> developers(String evidence, String audience) {
        try {
            SignedJWT jwt = SignedJWT.parse(evidence);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            if (!jwt.verify(new ECDSAVerifier(key.toPublicJWK()))
                    || !ISSUER.equals(claims.getIssuer())
                    || !DEVELOPER.equals(claims.getSubject())
                    || !claims.getAudience().equals(List.of(audience))) {
                return Optional.empty();
            }
            Duration left = Duration.between(
                    clock.instant().truncatedTo(ChronoUnit.SECONDS),
                    claims.getExpirationTime().toInstant());
            return Optional.of(left).filter(Duration::isPositive);
        } catch (ParseException | JOSEException e) {
            return Optional.empty();
        }
    }
}
