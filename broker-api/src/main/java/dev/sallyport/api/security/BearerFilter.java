package dev.sallyport.api.security;

import dev.sallyport.api.config.Site;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.security.Credentials.Scheme;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.web.Discovery;
import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.possession.DpopVerifier;
import dev.sallyport.core.possession.KeyProof;
import dev.sallyport.core.possession.Possession;
import dev.sallyport.core.token.AccessToken;
import dev.sallyport.core.token.NotHeld;
import dev.sallyport.core.token.NotVerified;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets callers into the admin API by an access token that the broker itself issued for it, as a bearer token (RFC 6750
 * section 2.1) or, where it is bound to a key, with a DPoP proof (RFC 9449 section 7.1).
 *
 * <p>A token counts only while its agent, and the trust provider that vouched for it, are there and active: the database is
 * asked, once the signature has been verified.
 */
final class BearerFilter extends OncePerRequestFilter {

    private final LiveState state;
    private final String audience;
    private final Challenges challenges;
    private final Possessions possessions;

    BearerFilter(Site site, LiveState state, Possessions possessions) {
        this.state = state;
        this.audience = site.issuer() + "/v1";
        this.challenges = new Challenges(Discovery.protectedResourceUrl(site.issuer() + "/v1"));
        this.possessions = possessions;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getHeader(DpopVerifier.HEADER) != null) {
            response.setHeader("DPoP-Nonce", possessions.nonce());
        }
        try {
            List<String> headers = Collections.list(request.getHeaders("Authorization"));
            if (!headers.isEmpty()) {
                admit(caller(headers, request));
            }
            chain.doFilter(request, response);
        } catch (Problem problem) {
            write(response, problem);
        } catch (Unavailable broken) {
            write(response, Problems.unavailable(broken));
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    /** The caller whom the token lets in. Throws where it does not. */
    private Caller caller(List<String> headers, HttpServletRequest request) {
        Credentials credentials = Credentials.read(headers)
                .orElseThrow(() -> challenges.invalidToken(
                        Scheme.BEARER, "the Authorization header must be one token, of Bearer or of DPoP"));
        Possession possession = possessions.of(request, credentials);
        KeyProof key = possession.key();
        switch (key) {
            case KeyProof.Bad(var detail) -> throw challenges.invalidProof(detail);
            case KeyProof.NonceWanted(var detail) -> throw challenges.nonceWanted(detail);
            case KeyProof.None _
            when credentials.scheme() == Scheme.DPOP ->
                throw challenges.invalidProof("there is no DPoP header with a proof");
            case KeyProof.None _, KeyProof.Held _ -> {}
        }
        AccessToken token = active(verified(credentials, possession), credentials.scheme());
        if (key instanceof KeyProof.Held proof && !possessions.spend(proof, request)) {
            throw challenges.invalidProof("the DPoP proof has been used before");
        }
        return new Caller(token, credentials.scheme(), challenges);
    }

    private AccessToken verified(Credentials credentials, Possession possession) {
        return switch (state.loaded().verifier().verify(credentials.token(), audience, possession.proven())) {
            case AccessToken token -> token;
            case NotVerified(var detail) -> throw challenges.invalidToken(credentials.scheme(), detail);
            case NotHeld(var detail, var byKey) ->
                throw challenges.invalidToken(byKey ? Scheme.DPOP : credentials.scheme(), detail);
        };
    }

    private AccessToken active(AccessToken token, Scheme scheme) {
        Loaded now = state.fresh();
        if (!now.active(Kind.AGENT, token.agent())) {
            throw challenges.invalidToken(scheme, "the token's agent is suspended or removed");
        }
        if (!now.active(Kind.TRUST_PROVIDER, token.provider())) {
            throw challenges.invalidToken(
                    scheme, "the trust provider that vouched for the token's agent is suspended or removed");
        }
        return token;
    }

    private static void admit(Caller caller) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new PreAuthenticatedAuthenticationToken(caller, "", AuthorityUtils.NO_AUTHORITIES));
        SecurityContextHolder.setContext(context);
    }

    void challenge(HttpServletResponse response) throws IOException {
        write(response, challenges.missing());
    }

    private static void write(HttpServletResponse response, Problem problem) throws IOException {
        byte[] json = CanonicalJson.text(problem.document()).getBytes(StandardCharsets.UTF_8);
        response.setStatus(problem.status());
        problem.headers().forEach(response::setHeader);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}
