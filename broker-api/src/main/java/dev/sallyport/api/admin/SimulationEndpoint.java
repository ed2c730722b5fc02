package dev.sallyport.api.admin;

import dev.sallyport.api.decision.SimulatedRequest;
import dev.sallyport.api.decision.Simulations;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.web.Parameters;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Decides a made-up request; who may read policies may, since it tells what they say. */
public final class SimulationEndpoint {

    private static final int MAX_BODY = 1024 * 1024;

    private final LiveState state;
    private final Simulations simulations;

    public SimulationEndpoint(LiveState state, Simulations simulations) {
        this.state = state;
        this.simulations = simulations;
    }

    /** Its routes, behind the scope that they need. */
    public RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST("/v1/policy-simulations", this::simulate)
                .filter(Caller.with(Scopes.POLICY_READ))
                .build();
    }

    private ServerResponse simulate(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        SimulatedRequest sent = Documents.readRequest(body.bytes(), body.format(), SimulatedRequest.class);
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(simulations.run(sent, state.fresh()));
    }
}
