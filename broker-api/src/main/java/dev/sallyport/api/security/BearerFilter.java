package dev.sallyport.api.security;

import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.peer.Rates;
import dev.sallyport.api.security.Credentials.Scheme;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.token.IntrospectionEndpoint;
import dev.sallyport.api.web.Discovery;
import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.live.LiveTokens;
import dev.sallyport.core.live.Standing;
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
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets callers into the admin API by an access token that the broker itself issued for it, as a bearer token (RFC 6750
 * section 2.1) or, where it is bound to a key, with a DPoP proof (RFC 9449 section 7.1).
 *
 * <p>A token counts only while it would be issued again: once the signature has been verified the database is asked for the
 * latest, and what the agent proved is decided on once more.
 */
final class BearerFilter extends OncePerRequestFilter {

    private final LiveState state;
    private final LiveTokens tokens;
    private final String audience;
    private final Challenges challenges;
    private final Possessions possessions;
    private final boolean boundWrites;
    private final Rates callers;
    private final Rates addresses;

    /**
     * Makes the filter.
     *
     * @param settings whether what changes something needs a token that is bound to a key, and how fast one may call
     */
    BearerFilter(Site site, LiveState state, LiveTokens tokens, Possessions possessions, BrokerProperties settings) {
        this.state = state;
        this.tokens = tokens;
        this.audience = site.issuer() + "/v1";
        this.challenges = new Challenges(Discovery.protectedResourceUrl(audience));
        this.possessions = possessions;
        this.boundWrites = settings.dpopForWrites();
        this.callers = new Rates(settings.callsPerCaller(), System::nanoTime);
        this.addresses = new Rates(settings.callsPerAddress(), System::nanoTime);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getHeader(DpopVerifier.HEADER) != null) {
            response.setHeader("DPoP-Nonce", possessions.nonce());
        }
        try {
            boolean bounded = isOfTheApi(request);
            if (bounded) {
                pace(addresses, possessions.network(request));
            }
            List<String> headers = Collections.list(request.getHeaders("Authorization"));
            if (!headers.isEmpty()) {
                Caller caller = caller(headers, request);
                if (bounded) {
                    pace(callers, caller.agent());
                }
                admit(caller);
            }
            chain.doFilter(request, response);
        } catch (Problem problem) {
            write(request, response, problem);
        } catch (Unavailable broken) {
            write(request, response, Problems.unavailable(broken));
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    /** The caller whom the token lets in. Throws where it does not. */
    private Caller caller(List<String> headers, HttpServletRequest request) {
        Credentials credentials = Credentials.read(headers)
                .orElseThrow(() -> challenges.invalidToken(
                        Scheme.BEARER, "the Authorization header must be one token, of Bearer or of DPoP"));
        if (boundWrites && credentials.scheme() == Scheme.BEARER && writes(request)) {
            throw challenges.invalidToken(
                    Scheme.DPOP, "a change needs a token that is bound to a key, and a proof of it");
        }
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
        AccessToken token = live(verified(credentials, possession), credentials);
        if (key instanceof KeyProof.Held proof && !possessions.spend(proof, request)) {
            throw challenges.invalidProof("the DPoP proof has been used before");
        }
        return new Caller(token, credentials.scheme(), challenges);
    }

    /** Of the API alone: who introspects tokens does so for each call of somebody else. */
    private static boolean isOfTheApi(HttpServletRequest request) {
        return request.getServletPath().equals("/v1")
                || request.getServletPath().startsWith("/v1/");
    }

    private static void pace(Rates rates, String key) {
        Duration wait = rates.take(key);
        if (wait != null) {
            long seconds = wait.plusSeconds(1).minusNanos(1).toSeconds();
            throw new Problem(
                    429,
                    "slow-down",
                    "too many calls for now",
                    Map.of(),
                    Map.of("Retry-After", Long.toString(seconds)));
        }
    }

    /** By the method; who introspects changes nothing, though the form is posted. */
    private static boolean writes(HttpServletRequest request) {
        return !Possessions.READS.contains(request.getMethod())
                && !request.getServletPath().equals(IntrospectionEndpoint.PATH);
    }

    private AccessToken verified(Credentials credentials, Possession possession) {
        return switch (state.loaded().verifier().verify(credentials.token(), audience, possession.proven())) {
            case AccessToken token -> token;
            case NotVerified(var detail) -> throw challenges.invalidToken(credentials.scheme(), detail);
            case NotHeld(var detail, var byKey) ->
                throw challenges.invalidToken(byKey ? Scheme.DPOP : credentials.scheme(), detail);
        };
    }

    private AccessToken live(AccessToken token, Credentials credentials) {
        Loaded _ = state.fresh();
        return switch (tokens.of(token, credentials.token())) {
            case Standing.Live _ -> token;
            case Standing.Dead(var why) -> throw challenges.invalidToken(credentials.scheme(), why);
        };
    }

    private static void admit(Caller caller) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new PreAuthenticatedAuthenticationToken(caller, "", AuthorityUtils.NO_AUTHORITIES));
        SecurityContextHolder.setContext(context);
    }

    void challenge(HttpServletRequest request, HttpServletResponse response) throws IOException {
        write(request, response, challenges.missing());
    }

    /** As problem documents, but for the OAuth endpoints, which have their own way to say it (RFC 6749 section 5.2). */
    private static void write(HttpServletRequest request, HttpServletResponse response, Problem problem)
            throws IOException {
        boolean oauth = request.getRequestURI().startsWith("/oauth2/");
        byte[] json =
                CanonicalJson.text(oauth ? error(problem) : problem.document()).getBytes(StandardCharsets.UTF_8);
        response.setStatus(problem.status());
        problem.headers().forEach(response::setHeader);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType(oauth ? "application/json" : "application/problem+json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }

    private static Map<String, Object> error(Problem problem) {
        String error = problem.status() == 401 ? "invalid_token" : "temporarily_unavailable";
        return Map.of("error", error, "error_description", String.valueOf(problem.getMessage()));
    }
}
