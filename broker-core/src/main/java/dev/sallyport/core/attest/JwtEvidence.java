package dev.sallyport.core.attest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import dev.sallyport.core.jwt.CompactJwt;
import dev.sallyport.core.jwt.Reading;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JWT that a platform issued to the caller: read and bounded, not yet believed. */
public final class JwtEvidence implements Evidence {

    /** What the caller presents it as: that decides what it may be addressed to. */
    public enum Use {
        /** An authorization grant (RFC 7523 section 2.1). */
        GRANT,
        /** A client's authentication (RFC 7523 section 2.2). */
        CLIENT_AUTHENTICATION,
        /** What an identity provider told a client about a person (OpenID Connect Core section 2). */
        ID_TOKEN
    }

    private final CompactJwt jwt;
    private final Map<String, Object> claims;
    private final Use use;

    private JwtEvidence(CompactJwt jwt, Map<String, Object> claims, Use use) {
        this.jwt = jwt;
        this.claims = claims;
        this.use = use;
    }

    static Evidence read(String compact, Use use) {
        return switch (CompactJwt.read(compact)) {
            case Reading.Unsigned(var problem) -> new Unreadable(Check.ALGORITHM, problem);
            case Reading.Malformed(var problem) -> new Unreadable(Check.FORMAT, problem);
            case CompactJwt jwt -> new JwtEvidence(jwt, jwt.payload(), use);
        };
    }

    public Use use() {
        return use;
    }

    /** Whose SPIFFE ID the subject is; empty where it is none. */
    public Optional<SpiffeId> spiffeId() {
        String subject = text("sub");
        return subject == null ? Optional.empty() : SpiffeId.read(subject);
    }

    /** The same with what follows from its claims, under names that then stand for that whatever the token itself says. */
    public JwtEvidence with(Map<String, Object> derived) {
        Map<String, Object> all = new HashMap<>(claims);
        all.putAll(derived);
        return new JwtEvidence(jwt, Collections.unmodifiableMap(all), use);
    }

    public JWSHeader header() {
        return jwt.header();
    }

    /** Whether the header asks for extensions ({@code crit}, {@code b64}), none of which is understood here. */
    public boolean asksForExtensions() {
        return jwt.asksForExtensions();
    }

    /** A claim as the token has it, or null. */
    public @Nullable Object claim(String name) {
        return claims.get(name);
    }

    /** A claim if it is a string, or null. */
    public @Nullable String text(String name) {
        return claims.get(name) instanceof String text ? text : null;
    }

    /** The claims as parsed JSON: strings, numbers, booleans, lists and maps. */
    public Map<String, Object> payload() {
        return claims;
    }

    /** Whether the signature is the verifier's key's. */
    public boolean verifiedBy(JWSVerifier verifier) throws JOSEException {
        return jwt.verifiedBy(verifier);
    }

    /** The signature as the token spells it. */
    public String signature() {
        return jwt.signature();
    }

    /** The token as it came: a secret, for the one who issued it only. */
    public String compact() {
        return jwt.compact();
    }

    /** SHA-256, in hexadecimal, of {@code header.payload}; the signature is left out because it can be altered and stay valid. */
    public String digest() {
        return jwt.digest();
    }

    @Override
    public String toString() {
        return "JwtEvidence[redacted]";
    }
}
