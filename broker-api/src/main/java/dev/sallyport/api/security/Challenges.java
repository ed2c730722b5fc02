package dev.sallyport.api.security;

import dev.sallyport.api.security.Credentials.Scheme;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.possession.DpopVerifier;
import java.util.Map;

/**
 * The answers to callers who are not let in, each with what would let them in (RFC 6750 section 3, RFC 9449 section 7.1,
 * RFC 9728 section 5.1).
 */
final class Challenges {

    private final String bearer;
    private final String dpop;

    /**
     * Makes the challenges.
     *
     * @param metadataUrl where the API says who issues its tokens
     */
    Challenges(String metadataUrl) {
        this.bearer = "resource_metadata=\"" + metadataUrl + "\"";
        this.dpop = "algs=\"" + String.join(" ", DpopVerifier.algorithms()) + "\", " + bearer;
    }

    /** A caller without a token is told where to get one, and no error (RFC 6750 section 3.1). */
    Problem missing() {
        return unauthorized("an access token for this API is needed", "Bearer " + bearer + ", DPoP " + dpop);
    }

    Problem invalidToken(Scheme scheme, String detail) {
        return refused(scheme, "invalid_token", detail);
    }

    Problem invalidProof(String detail) {
        return refused(Scheme.DPOP, "invalid_dpop_proof", detail);
    }

    Problem nonceWanted(String detail) {
        return refused(Scheme.DPOP, "use_dpop_nonce", detail);
    }

    /** The token lacks a scope; 403 (RFC 6750 section 3.1). */
    Problem insufficientScope(Scheme scheme, String scopes) {
        String error = " error=\"insufficient_scope\", scope=\"" + scopes + "\", ";
        return new Problem(
                403,
                "insufficient-scope",
                "the token lacks a scope that this needs: " + scopes,
                Map.of(),
                Map.of("WWW-Authenticate", scheme.label() + error + parameters(scheme)));
    }

    private Problem refused(Scheme scheme, String error, String detail) {
        return unauthorized(
                detail,
                scheme.label() + " error=\"" + error + "\", error_description=\"" + detail + "\", "
                        + parameters(scheme));
    }

    private String parameters(Scheme scheme) {
        return scheme == Scheme.DPOP ? dpop : bearer;
    }

    private static Problem unauthorized(String detail, String challenge) {
        return new Problem(401, "unauthorized", detail, Map.of(), Map.of("WWW-Authenticate", challenge));
    }
}
