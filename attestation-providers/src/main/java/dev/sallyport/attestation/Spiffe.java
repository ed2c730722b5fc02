package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Origin;
import dev.sallyport.core.attest.SpiffeId;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What JWT-SVIDs are beyond other JWTs (JWT-SVID sections 2 and 3).
 *
 * @param trustDomain whose workloads the trust provider vouches for
 */
record Spiffe(String trustDomain) {

    static final String TYPE = "spiffe";

    /** JWT-SVID section 2.1: no EdDSA. */
    private static final Set<JWSAlgorithm> UNUSED = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    /** What is kept of the ID; it is no platform with an issuer, and so not in the folder of those. */
    static final Profile PROFILE = new Profile(
            TYPE,
            null,
            Map.of(),
            Map.of(
                    "spiffe_id", new Profile.Source("spiffe_id", Shape.STRING),
                    "trust_domain", new Profile.Source("trust_domain", Shape.STRING),
                    "path", new Profile.Source("path", Shape.STRING)),
            List.of("spiffe_id", "path"),
            Map.of(),
            List.of(),
            List.of(),
            List.of(),
            true,
            Set.of("jwt", "jose"));

    static Root root(TrustProvider document) {
        String trustDomain = document.trustDomain();
        if (trustDomain == null) {
            throw new Invalid("trustDomain", "is missing");
        }
        Invalid.unless(document.issuer() == null, "issuer", "is not for the type spiffe: the trust domain is");
        Spiffe spiffe = new Spiffe(trustDomain);
        return new Root(
                new Origin.TrustDomain(trustDomain),
                PROFILE,
                KeyOrigin.ofBundle(document.keys()),
                List.of(spiffe::foreign, Spiffe::otherwiseSigned),
                Spiffe::read);
    }

    private @Nullable Rejected foreign(JwtEvidence jwt, Instant now) {
        SpiffeId id = jwt.spiffeId().orElse(null);
        if (id == null) {
            return new Rejected(Check.SUBJECT, "the token's subject is not the SPIFFE ID of a workload");
        }
        return id.trustDomain().equals(trustDomain)
                ? null
                : new Rejected(Check.ISSUER, "the token's subject is not of the trust provider's trust domain");
    }

    private static @Nullable Rejected otherwiseSigned(JwtEvidence jwt, Instant now) {
        return UNUSED.contains(jwt.header().getAlgorithm())
                ? new Rejected(Check.ALGORITHM, "a JWT-SVID is signed with an algorithm of RS, ES or PS")
                : null;
    }

    /** The parts of the ID as claims of their own. */
    private static JwtEvidence read(JwtEvidence jwt) {
        return jwt.spiffeId()
                .map(id -> jwt.with(
                        Map.of("spiffe_id", id.toString(), "trust_domain", id.trustDomain(), "path", id.path())))
                .orElse(jwt);
    }
}
