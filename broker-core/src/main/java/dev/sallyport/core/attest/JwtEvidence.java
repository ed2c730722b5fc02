package dev.sallyport.core.attest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import dev.sallyport.core.jwt.CompactJwt;
import dev.sallyport.core.jwt.Reading;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JWT that a platform issued to the caller: read and bounded, not yet believed. */
public final class JwtEvidence implements Evidence {

    /** What the caller presents it as: that decides what it may be addressed to. */
    public enum Use {
        /** An authorization grant (RFC 7523 section 2.1). */
        GRANT,
        /** A client's authentication (RFC 7523 section 2.2). */
        CLIENT_AUTHENTICATION
    }

    private final CompactJwt jwt;
    private final Use use;

    private JwtEvidence(CompactJwt jwt, Use use) {
        this.jwt = jwt;
        this.use = use;
    }

    static Evidence read(String compact, Use use) {
        return switch (CompactJwt.read(compact)) {
            case Reading.Unsigned(var problem) -> new Unreadable(Check.ALGORITHM, problem);
            case Reading.Malformed(var problem) -> new Unreadable(Check.FORMAT, problem);
            case CompactJwt jwt -> new JwtEvidence(jwt, use);
        };
    }

    public Use use() {
        return use;
    }

    boolean isSvid() {
        String subject = text("sub");
        return subject != null && subject.startsWith("spiffe://");
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
        return jwt.claim(name);
    }

    /** A claim if it is a string, or null. */
    public @Nullable String text(String name) {
        return jwt.text(name);
    }

    /** The claims as parsed JSON: strings, numbers, booleans, lists and maps. */
    public Map<String, Object> payload() {
        return jwt.payload();
    }

    /** Whether the signature is the verifier's key's. */
    public boolean verifiedBy(JWSVerifier verifier) throws JOSEException {
        return jwt.verifiedBy(verifier);
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
