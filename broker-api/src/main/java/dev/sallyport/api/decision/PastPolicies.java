package dev.sallyport.api.decision;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.store.PostgresStore;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The policies and documents of earlier revisions.
 *
 * <p>That of the newest is in memory. Of the earlier ones the last that was asked for is kept; one at a time is compiled, since that
 * takes seconds for a large one.
 */
public final class PastPolicies {

    private final LiveState state;
    private final PostgresStore store;
    private final StateCompiler compiler;
    private final ReentrantLock compiling = new ReentrantLock();
    private @Nullable Revision kept;

    public PastPolicies(LiveState state, PostgresStore store, StateCompiler compiler) {
        this.state = state;
        this.store = store;
        this.compiler = compiler;
    }

    /** What was in force. */
    record Revision(DocumentSet documents, PolicySet policies, Target builtIn) {

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
            Revision known = kept;
            if (known == null || known.documents().revision() != revision) {
                DocumentSet documents = DocumentSet.of(revision, store.documents(revision));
                known = new Revision(documents, compiler.policies(documents, loaded), loaded.builtIn());
                kept = known;
            }
            return known;
        } finally {
            compiling.unlock();
        }
    }
}
