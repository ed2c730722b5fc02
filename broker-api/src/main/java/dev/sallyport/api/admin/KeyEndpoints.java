package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.State;
import dev.sallyport.core.token.SigningKey;
import dev.sallyport.store.KeyChanges;
import dev.sallyport.store.KeyChanges.Rotated;
import dev.sallyport.store.KeyChanges.Standings;
import dev.sallyport.store.KnownKey;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The broker's own keys: how they stand, the next ones now, and the end of one at once. */
final class KeyEndpoints {

    private static final int MAX_BODY = 8 * 1024;
    private static final int MAX_REASON = 500;

    private final LiveState state;
    private final KeyChanges keys;

    KeyEndpoints(LiveState state, KeyChanges keys) {
        this.state = state;
        this.keys = keys;
    }

    /** What is asked of a rotation. */
    private record Rotation(
            @Nullable String purpose,
            @Nullable String alg,
            @Nullable String reason) {}

    RouterFunction<ServerResponse> routes() {
        RouterFunction<ServerResponse> reading = RouterFunctions.route()
                .GET("/v1/keys", this::list)
                .filter(Caller.with(Scopes.OPERATIONS_READ))
                .build();
        RouterFunction<ServerResponse> writing = RouterFunctions.route()
                .POST("/v1/keys/rotate", this::rotate)
                .POST("/v1/keys/{kid}/revoke", this::revoke)
                .filter(Caller.with(Scopes.SYSTEM_WRITE))
                .build();
        return reading.and(writing);
    }

    private ServerResponse list(ServerRequest request) {
        Parameters.of(request, Set.of());
        Standings standings = keys.standings();
        return answer(Map.of(
                "items",
                standings.keys().stream().map(key -> shown(key, standings)).toList()));
    }

    private ServerResponse rotate(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        Rotation asked = body.isEmpty()
                ? new Rotation(null, null, null)
                : Documents.readRequest(body.bytes(), body.format(), Rotation.class);
        Rotated rotated = keys.rotate(
                Objects.requireNonNullElse(asked.purpose(), SigningKey.PURPOSE),
                asked.alg(),
                checked(asked.reason()),
                Caller.of(request).author());
        State _ = state.atLeast(rotated.epoch());
        Standings standings = keys.standings();
        return answer(Map.of(
                "keys",
                rotated.keys().stream().map(key -> shown(key, standings)).toList()));
    }

    private ServerResponse revoke(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        String reason = body.isEmpty() ? null : checked(Documents.readReason(body.bytes(), body.format()));
        if (reason == null) {
            throw new Invalid("reason", "is missing");
        }
        String kid = request.pathVariable("kid");
        long epoch = keys.revoke(kid, reason, Caller.of(request).author())
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such key"));
        State _ = state.atLeast(epoch);
        Standings standings = keys.standings();
        return answer(standings.keys().stream()
                .filter(key -> key.kid().equals(kid))
                .findFirst()
                .map(key -> shown(key, standings))
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such key")));
    }

    private static @Nullable String checked(@Nullable String reason) {
        Invalid.unless(
                reason == null || (!reason.isBlank() && reason.length() <= MAX_REASON),
                "reason",
                "must be 1 to " + MAX_REASON + " characters");
        return reason;
    }

    private static Map<String, Object> shown(KnownKey key, Standings standings) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("kid", key.kid());
        shown.put("alg", key.algorithm());
        shown.put("purpose", key.purpose());
        shown.put("status", standings.of(key).toString());
        shown.put("created", key.created().toString());
        shown.put("activates", key.activates().toString());
        if (key.ended() != null) {
            shown.put("removed", key.ended().toString());
        }
        return shown;
    }

    private static ServerResponse answer(Map<String, Object> body) {
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
