package dev.sallyport.api.security;

import dev.sallyport.api.config.Site;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.web.Discovery;
import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.token.AccessToken;
import dev.sallyport.core.token.NotVerified;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets callers into the admin API by an access token that the broker itself issued for it (RFC 6750 section 2.1).
 *
 * <p>A token counts only while its agent, and the trust provider that vouched for it, are there and active: the database is
 * asked, once the signature has been verified.
 */
final class BearerFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";

    private final LiveState state;
    private final String audience;
    private final String metadataUrl;

    BearerFilter(Site site, LiveState state) {
        this.state = state;
        this.audience = site.issuer() + "/v1";
        this.metadataUrl = Discovery.protectedResourceUrl(site.issuer() + "/v1");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            AccessToken token = token(request);
            if (token != null) {
                admit(new Caller(token, metadataUrl));
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

    /** The token that lets the caller in; null where there is none. Throws where there is one that does not. */
    private @Nullable AccessToken token(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        if (headers.isEmpty()) {
            return null;
        }
        String header = headers.getFirst();
        if (headers.size() > 1 || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw invalidToken("the Authorization header must be one bearer token");
        }
        String compact = header.substring(SCHEME.length()).strip();
        return switch (state.loaded().verifier().verify(compact, audience)) {
            case AccessToken token -> active(token);
            case NotVerified(var detail) -> throw invalidToken(detail);
        };
    }

    private AccessToken active(AccessToken token) {
        Loaded now = state.fresh();
        if (!now.active(Kind.AGENT, token.agent())) {
            throw invalidToken("the token's agent is suspended or removed");
        }
        if (!now.active(Kind.TRUST_PROVIDER, token.provider())) {
            throw invalidToken("the trust provider that vouched for the token's agent is suspended or removed");
        }
        return token;
    }

    private static void admit(Caller caller) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new PreAuthenticatedAuthenticationToken(caller, "", AuthorityUtils.NO_AUTHORITIES));
        SecurityContextHolder.setContext(context);
    }

    private Problem invalidToken(String detail) {
        return unauthorized(detail, "Bearer error=\"invalid_token\", error_description=\"" + detail + "\", ");
    }

    /** A caller without a token is told where to get one, and no error (RFC 6750 section 3.1). */
    void challenge(HttpServletResponse response) throws IOException {
        write(response, unauthorized("an access token for this API is needed", "Bearer "));
    }

    private Problem unauthorized(String detail, String challenge) {
        return new Problem(
                401,
                "unauthorized",
                detail,
                Map.of(),
                Map.of("WWW-Authenticate", challenge + "resource_metadata=\"" + metadataUrl + "\""));
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
