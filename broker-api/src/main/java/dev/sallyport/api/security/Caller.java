package dev.sallyport.api.security;

import dev.sallyport.api.security.Credentials.Scheme;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.token.AccessToken;
import dev.sallyport.store.Author;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Who calls the admin API, proven by an access token of the broker's own. */
public final class Caller {

    private final AccessToken token;
    private final Scheme scheme;
    private final Challenges challenges;

    Caller(AccessToken token, Scheme scheme, Challenges challenges) {
        this.token = token;
        this.scheme = scheme;
        this.challenges = challenges;
    }

    /** The caller of a request that has passed the chain. */
    public static Caller of(ServerRequest request) {
        return request.principal()
                .filter(Authentication.class::isInstance)
                .map(principal -> ((Authentication) principal).getPrincipal())
                .filter(Caller.class::isInstance)
                .map(Caller.class::cast)
                .orElseThrow(() -> new IllegalStateException("a request without a caller got past the chain"));
    }

    /** Lets only callers through whose token has one of the scopes. */
    public static HandlerFilterFunction<ServerResponse, ServerResponse> with(String... scopes) {
        return (request, next) -> {
            of(request).requireAny(List.of(scopes));
            return next.handle(request);
        };
    }

    /** Throws unless the token has every one of the scopes. */
    public void requireAll(Collection<String> scopes) {
        if (!token.actions().containsAll(scopes)) {
            throw insufficient(new TreeSet<>(scopes));
        }
    }

    /** Throws unless the token has one of the scopes at least. */
    public void requireAny(Collection<String> scopes) {
        if (scopes.stream().noneMatch(token.actions()::contains)) {
            throw insufficient(scopes);
        }
    }

    /** Throws unless the token has the scope, or one that begins with it and a colon. */
    public void requireAnyOrFamily(String scope) {
        if (token.actions().stream().noneMatch(has -> has.equals(scope) || has.startsWith(scope + ":"))) {
            throw insufficient(List.of(scope));
        }
    }

    /** The caller of the request that this thread answers; empty where the request brought no token. */
    public static Optional<Caller> current() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? Optional.of(caller)
                : Optional.empty();
    }

    /** The agent's name. */
    public String agent() {
        return token.agent();
    }

    /** Whether the token has a scope. */
    public boolean may(String scope) {
        return token.actions().contains(scope);
    }

    /** For the log. */
    public Author author() {
        return new Author(token.agent(), token.jti());
    }

    private Problem insufficient(Collection<String> scopes) {
        return challenges.insufficientScope(scheme, String.join(" ", scopes));
    }

    @Override
    public String toString() {
        return "Caller[" + token.agent() + "]";
    }
}
