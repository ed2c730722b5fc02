package dev.sallyport.core.token;

import com.nimbusds.jose.JOSEObjectType;
import dev.sallyport.core.Hash;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.McpTool;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.core.possession.Confirmation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Mints access tokens of RFC 9068, each for exactly one audience.
 *
 * <p>A token's lifetime is the least of what target, policies and the rest of the evidence allow; where the trust provider's
 * document says so, it may outlast the evidence by so much.
 */
public final class JwtMinter implements TokenMinter {

    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

    private final String issuer;
    private final String trustDomain;
    private final KeyRing keys;
    private final Map<String, String> headers;
    private final Supplier<UUID> ids;

    public JwtMinter(String issuer, String trustDomain, KeyRing keys, Supplier<UUID> ids) {
        this.issuer = issuer;
        this.trustDomain = trustDomain;
        this.keys = keys;
        this.headers = keys.published().stream()
                .collect(Collectors.toUnmodifiableMap(SigningKey::kid, key -> key.header(TYPE)));
        this.ids = ids;
    }

    @Override
    public MintedToken mint(Permit permit) {
        Ask ask = permit.ask();
        Instant issued = ask.facts().time().truncatedTo(ChronoUnit.SECONDS);
        Instant expires = issued.plus(lifetime(permit, issued));
        UUID jti = ids.get();
        SigningKey key = key(ask);
        String compact = key.sign(Objects.requireNonNull(headers.get(key.kid())), claims(permit, issued, expires, jti));
        String sha256 = Hash.hex(Hash.sha256(compact.getBytes(StandardCharsets.US_ASCII)));
        return new MintedToken(
                compact,
                jti,
                sha256,
                issued,
                expires,
                permit.actions(),
                permit.ask().tools(),
                bound(permit));
    }

    private static Duration lifetime(Permit permit, Instant issued) {
        Attestation proof = permit.ask().proof();
        Instant evidenceEnds = proof.expires()
                .truncatedTo(ChronoUnit.SECONDS)
                .plus(proof.terms().beyond());
        return Collections.min(List.of(permit.ttl(), Duration.between(issued, evidenceEnds)));
    }

    private Map<String, Object> claims(Permit permit, Instant issued, Instant expires, UUID jti) {
        Ask ask = permit.ask();
        Attestation proof = ask.proof();
        Map<String, Object> claims = new TreeMap<>();
        claims.put("iss", issuer);
        claims.put("sub", ask.agent().spiffeId(trustDomain));
        claims.put("client_id", ask.agent().name());
        claims.put("aud", ask.target().audience());
        claims.put("scope", String.join(" ", permit.actions()));
        claims.put("iat", issued.getEpochSecond());
        claims.put("nbf", issued.getEpochSecond());
        claims.put("exp", expires.getEpochSecond());
        claims.put("jti", jti.toString());
        claims.put(
                "attestation",
                Map.of(
                        "provider", proof.provider(),
                        "type", proof.type(),
                        "time", proof.verified().getEpochSecond(),
                        "digest", proof.digest()));
        if (!ask.tools().isEmpty()) {
            claims.put(
                    "authorization_details",
                    ask.tools().stream().map(McpTool::json).toList());
        }
        Confirmation bound = bound(permit);
        if (!bound.isNone()) {
            claims.put(Confirmation.CLAIM, bound.members());
        }
        return claims;
    }

    /** A key that was proven always binds: the caller asked for it. A certificate may be there for other reasons. */
    private static Confirmation bound(Permit permit) {
        Confirmation proven = permit.ask().facts().proven();
        return new Confirmation(proven.jkt(), permit.proofs().contains(Proof.MTLS) ? proven.certificate() : null);
    }

    /** The one that signs at the moment of the decision, with the algorithm that the target asks for. */
    private SigningKey key(Ask ask) {
        return keys.active(
                SigningAlgorithm.of(ask.target().token().alg()), ask.facts().time());
    }
}
