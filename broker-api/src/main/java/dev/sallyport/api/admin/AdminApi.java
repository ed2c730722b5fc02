package dev.sallyport.api.admin;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.history.LoggedReads;
import dev.sallyport.api.replay.Replays;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.web.Discovery;
import dev.sallyport.api.web.Problems;
import dev.sallyport.store.KeyChanges;
import dev.sallyport.store.PostgresStore;
import java.util.ArrayList;
import java.util.List;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** All routes of the admin and audit API, each behind the scope that it needs. */
public final class AdminApi {

    private AdminApi() {}

    /**
     * Joins the routes.
     *
     * @param reads counts who reads documents
     * @param replays look at what happened, for changes that must not have decided it otherwise
     * @param others those of endpoints that stand for themselves, each with its guard
     * @param history those of the history for auditors, without a guard
     */
    public static RouterFunction<ServerResponse> routes(
            LiveState state,
            StateCompiler compiler,
            PostgresStore store,
            Discovery discovery,
            KeyChanges keys,
            LoggedReads reads,
            Replays replays,
            List<RouterFunction<ServerResponse>> others,
            RouterFunction<ServerResponse> history) {
        Revisions revisions = new Revisions(state, compiler, store, new HistoryCheck(replays, compiler));
        SuspensionEndpoints suspensions = new SuspensionEndpoints(state, store);
        List<RouterFunction<ServerResponse>> routes = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            routes.add(new DocumentEndpoints(kind, state, revisions).routes().filter(reads.ofReads()));
            if (kind.suspendable()) {
                routes.add(suspensions.routes(kind));
            }
        }
        routes.addAll(others);
        routes.add(ResourceMetadata.routes(state, discovery));
        routes.add(new ConfigurationEndpoints(state, revisions).routes().filter(reads.ofReads()));
        routes.add(new RevisionEndpoints(store, revisions).routes().filter(reads.ofReads()));
        routes.add(new LintEndpoint(state, compiler).routes());
        routes.add(new KeyEndpoints(state, keys).routes());
        routes.add(new ErasureEndpoints(store.erasures()).routes());
        routes.add(history.filter(Caller.with(Scopes.AUDIT_READ)));
        return routes.stream().reduce(RouterFunction::and).orElseThrow().filter(new Problems());
    }
}
