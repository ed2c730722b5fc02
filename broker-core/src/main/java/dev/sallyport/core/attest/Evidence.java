package dev.sallyport.core.attest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller presents as proof of where and as what it runs (RFC 9334).
 *
 * <p>Evidence is secret while it is valid: no implementation shows its content in {@code toString}.
 */
public sealed interface Evidence permits JwtEvidence, DocumentEvidence, Evidence.Unreadable {

    /** Reads the compact JWT of an authorization grant; what can't be read is {@link Unreadable}, never an exception. */
    static Evidence jwt(String compact) {
        return JwtEvidence.read(compact, JwtEvidence.Use.GRANT);
    }

    /** The same for a JWT by which a client authenticates. */
    static Evidence clientAssertion(String compact) {
        return JwtEvidence.read(compact, JwtEvidence.Use.CLIENT_AUTHENTICATION);
    }

    /** The same for a token by which a person's identity provider says who has logged in. */
    static Evidence idToken(String compact) {
        return JwtEvidence.read(compact, JwtEvidence.Use.ID_TOKEN);
    }

    /** The same for a client that says that its JWT is a JWT-SVID: its subject must be a SPIFFE ID. */
    static Evidence svidClientAssertion(String compact) {
        Evidence evidence = clientAssertion(compact);
        return evidence instanceof JwtEvidence jwt && jwt.spiffeId().isEmpty()
                ? new Unreadable(Check.SUBJECT, "the token's subject is not a SPIFFE ID, as that of a JWT-SVID is")
                : evidence;
    }

    /**
     * Reads a document, a JSON object in base64url.
     *
     * @param type the type of the trust providers that understand it
     */
    static Evidence document(String type, String base64url) {
        return DocumentEvidence.read(type, base64url);
    }

    /**
     * The same for one that is parsed already.
     *
     * @param jkt the RFC 7638 thumbprint of the key that its caller holds; null where it showed none
     */
    static Evidence document(String type, Map<String, Object> json, @Nullable String jkt) {
        return DocumentEvidence.of(type, json, jkt);
    }

    /**
     * Something that is not evidence of any kind, or not of the kind that it is said to be.
     *
     * @param check what it failed
     * @param problem why, in words fit for the caller
     */
    record Unreadable(Check check, String problem) implements Evidence {}
}
