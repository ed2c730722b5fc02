package dev.sallyport.core.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Hash;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.McpTool;
import dev.sallyport.core.policy.Permit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Mints access tokens of RFC 9068, each for exactly one audience.
 *
 * <p>A token's lifetime is the least of what target, policies and the rest of the evidence allow.
 */
public final class JwtMinter implements TokenMinter {

    private final String issuer;
    private final String trustDomain;
    private final SigningKey key;
    private final JWSHeader header;
    private final String encodedHeader;
    private final Supplier<UUID> ids;

    public JwtMinter(String issuer, String trustDomain, KeyRing keys, Supplier<UUID> ids) {
        this.issuer = issuer;
        this.trustDomain = trustDomain;
        this.key = keys.active();
        this.header = new JWSHeader.Builder(key.algorithm())
                .type(new JOSEObjectType("at+jwt"))
                .keyID(key.kid())
                .build();
        this.encodedHeader = header.toBase64URL().toString();
        this.ids = ids;
    }

    @Override
    public MintedToken mint(Permit permit) {
        Ask ask = permit.ask();
        Instant issued = ask.facts().time().truncatedTo(ChronoUnit.SECONDS);
        Instant expires = issued.plus(lifetime(permit, issued));
        UUID jti = ids.get();
        String compact = sign(claims(permit, issued, expires, jti));
        String sha256 = Hash.hex(Hash.sha256(compact.getBytes(StandardCharsets.US_ASCII)));
        return new MintedToken(
                compact,
                jti,
                sha256,
                issued,
                expires,
                permit.actions(),
                permit.ask().tools());
    }

    private static Duration lifetime(Permit permit, Instant issued) {
        Instant evidenceEnds = permit.ask().proof().expires().truncatedTo(ChronoUnit.SECONDS);
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
        return claims;
    }

    private String sign(Map<String, Object> claims) {
        String input = encodedHeader + "." + Base64URL.encode(CanonicalJson.bytes(claims));
        try {
            return input + "." + key.signer().sign(header, input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new IllegalStateException("the signing key does not sign", e);
        }
    }
}
