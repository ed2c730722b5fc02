package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.replay.Candidates;
import dev.sallyport.api.replay.Period;
import dev.sallyport.api.replay.Replays;
import dev.sallyport.api.replay.Replays.Place;
import dev.sallyport.api.replay.RunningReplay;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Preference;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Tells what candidate policies would have decided otherwise; it shows policies and history, so that it takes the scopes of both. */
public final class ReplayEndpoint {

    private static final int MAX_BODY = 8 << 20;
    private static final Duration AT_MOST = Duration.ofMinutes(10);
    private static final MediaType NDJSON = new MediaType("application", "x-ndjson");

    private final LiveState state;
    private final Replays replays;
    private final InstantSource clock;

    public ReplayEndpoint(LiveState state, Replays replays, InstantSource clock) {
        this.state = state;
        this.replays = replays;
        this.clock = clock;
    }

    /** Its route, behind the scopes that it needs. */
    public RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST("/v1/policy-replays", this::replay)
                .filter((request, next) -> {
                    Caller.of(request).requireAll(List.of(Scopes.POLICY_READ, Scopes.AUDIT_READ));
                    return next.handle(request);
                })
                .build();
    }

    private ServerResponse replay(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        try (Place place = replays.place()) {
            ReplayRequest sent = Documents.readRequest(body.bytes(), body.format(), ReplayRequest.class);
            Period period = sent.period(clock.instant());
            int limit = sent.listed();
            Candidates candidates = sent.candidates(state.fresh());
            RunningReplay running = place.start(Caller.of(request).author(), candidates, period, AT_MOST);
            boolean lines = !Preference.isFor(MediaType.APPLICATION_JSON, NDJSON, request);
            ReplayAnswer answer = new ReplayAnswer(running, lines, candidates.revision(), limit);
            return ServerResponse.ok()
                    .contentType(lines ? NDJSON : MediaType.APPLICATION_JSON)
                    .cacheControl(CacheControl.noStore())
                    .build((_, response) -> {
                        answer.write(response.getOutputStream());
                        return null;
                    });
        }
    }
}
