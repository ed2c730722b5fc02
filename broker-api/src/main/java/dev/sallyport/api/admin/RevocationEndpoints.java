package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.live.LoggedTokens;
import dev.sallyport.api.live.RevocationFeed;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.State;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.live.IssuedToken;
import dev.sallyport.store.PostgresStore;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Puts an end to tokens that were issued: one, or all of an agent, a target or a trust provider. */
public final class RevocationEndpoints {

    private static final int MAX_BODY = 8 * 1024;
    private static final int MAX_REASON = 500;

    private final LiveState state;
    private final PostgresStore store;
    private final LoggedTokens issued;
    private final RevocationFeed revocations;

    public RevocationEndpoints(LiveState state, PostgresStore store, LoggedTokens issued, RevocationFeed revocations) {
        this.state = state;
        this.store = store;
        this.issued = issued;
        this.revocations = revocations;
    }

    /** What is to be revoked: exactly one of the first four. */
    record Wanted(
            @Nullable String jti,
            @Nullable String agent,
            @Nullable String target,
            @Nullable String provider,
            @Nullable String reason) {

        Wanted {
            int named = 0;
            for (String each : new String[] {jti, agent, target, provider}) {
                named += each == null ? 0 : 1;
            }
            Invalid.unless(named == 1, "", "must name exactly one of jti, agent, target and provider");
            Invalid.unless(
                    reason == null || (!reason.isBlank() && reason.length() <= MAX_REASON),
                    "reason",
                    "must be 1 to " + MAX_REASON + " characters");
        }
    }

    /** Its routes, behind the scope that they need. */
    public RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST("/v1/revocations", this::revoke)
                .filter(Caller.with(Scopes.REVOCATION_WRITE))
                .build();
    }

    private ServerResponse revoke(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        Wanted wanted = Documents.readRequest(body.bytes(), body.format(), Wanted.class);
        Map<String, Object> answer = new LinkedHashMap<>();
        long entry = revoke(wanted, Caller.of(request), answer);
        revocations.atLeast(entry);
        answer.put("index", entry);
        if (wanted.reason() != null) {
            answer.put("reason", wanted.reason());
        }
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(answer);
    }

    private long revoke(Wanted wanted, Caller caller, Map<String, Object> answer) {
        if (wanted.jti() != null) {
            IssuedToken token = token(wanted.jti());
            answer.put("jti", token.jti().toString());
            answer.put("expires", token.expires().toString());
            return store.changes().revoke(token.jti(), token.expires(), wanted.reason(), caller.author());
        }
        if (wanted.agent() != null) {
            return revokeAll(Kind.AGENT, "agent", wanted.agent(), wanted, caller, answer);
        }
        return wanted.target() != null
                ? revokeAll(Kind.TARGET, "target", wanted.target(), wanted, caller, answer)
                : revokeAll(Kind.TRUST_PROVIDER, "provider", String.valueOf(wanted.provider()), wanted, caller, answer);
    }

    private long revokeAll(
            Kind kind, String field, String name, Wanted wanted, Caller caller, Map<String, Object> answer) {
        boolean known = state.fresh().documents().find(kind, name).isPresent()
                || (kind == Kind.TARGET && name.equals(Target.BUILT_IN));
        if (!known) {
            throw new Problem(404, "not-found", "there is no such " + kind.label());
        }
        answer.put(field, name);
        long entry = store.changes().revokeAll(kind.label(), name, wanted.reason(), caller.author());
        State _ = state.atLeast(store.epoch());
        return entry;
    }

    private IssuedToken token(String jti) {
        try {
            return issued.find(UUID.fromString(jti))
                    .orElseThrow(() -> new Problem(404, "not-found", "the log holds no token with that jti"));
        } catch (IllegalArgumentException e) {
            throw new Invalid("jti", "must be a UUID");
        }
    }
}
