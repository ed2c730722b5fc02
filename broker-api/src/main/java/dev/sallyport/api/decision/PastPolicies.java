package dev.sallyport.api.decision;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.policy.Realm;
import dev.sallyport.store.PostgresStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The policies and documents of earlier revisions.
 *
 * <p>That of the newest is in memory. Of the earlier ones the last two that were asked for are kept, as a comparison needs; one at a
 * time is compiled, since that takes seconds for a large one.
 */
public final class PastPolicies {

    private static final int KEPT = 2;

    private final LiveState state;
    private final PostgresStore store;
    private final StateCompiler compiler;
    private final ReentrantLock compiling = new ReentrantLock();
    private final Deque<Revision> kept = new ArrayDeque<>();

    public PastPolicies(LiveState state, PostgresStore store, StateCompiler compiler) {
        this.state = state;
        this.store = store;
        this.compiler = compiler;
    }

    /** What was in force. */
    record Revision(DocumentSet documents, PolicySet policies, Target builtIn) {

        /** All agents, and all targets with the broker's own API. */
        Realm realm() {
            List<Target> targets = new ArrayList<>(documents.configuration().targets());
            targets.add(builtIn);
            return Realm.of(policies, documents.configuration().agents(), targets);
        }

        Optional<Agent> agent(String name) {
            return documents.find(Kind.AGENT, name).map(held -> (Agent) held.document());
        }

        Optional<Target> target(String name) {
            return name.equals(Target.BUILT_IN)
                    ? Optional.of(builtIn)
                    : documents.find(Kind.TARGET, name).map(held -> (Target) held.document());
        }
    }

    Revision at(long revision) {
        Loaded loaded = state.loaded();
        if (loaded.documents().revision() == revision) {
            return new Revision(loaded.documents(), loaded.policies(), loaded.builtIn());
        }
        compiling.lock();
        try {
            Revision known = kept.stream()
                    .filter(each -> each.documents().revision() == revision)
                    .findFirst()
                    .orElseGet(() -> compiled(revision, loaded));
            kept.remove(known);
            kept.addFirst(known);
            if (kept.size() > KEPT) {
                kept.removeLast();
            }
            return known;
        } finally {
            compiling.unlock();
        }
    }

    private Revision compiled(long revision, Loaded loaded) {
        DocumentSet documents = DocumentSet.of(revision, store.documents(revision));
        return new Revision(documents, compiler.policies(documents, loaded), loaded.builtIn());
    }
}
