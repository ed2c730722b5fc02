package dev.sallyport.api.admin;

import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.State;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.store.PostgresStore;
import java.util.List;
import java.util.OptionalLong;

/**
 * Makes revisions: what an admin wants, made for the newest documents, allowed, checked as a whole, and stored.
 *
 * <p>Where another admin was quicker it all begins again with that admin's revision, preconditions included.
 */
final class Revisions {

    private static final int MAX_ATTEMPTS = 5;

    private final LiveState state;
    private final StateCompiler compiler;
    private final PostgresStore store;

    Revisions(LiveState state, StateCompiler compiler, PostgresStore store) {
        this.state = state;
        this.compiler = compiler;
        this.store = store;
    }

    /** What an admin wants. */
    @FunctionalInterface
    interface Edit {

        /** What the configuration is to become; throws {@link Problem} where it must not. */
        Configuration of(DocumentSet documents);

        /** A complaint about the configuration, in terms of what the admin sent. */
        default Invalid complaint(Invalid invalid, DocumentSet documents) {
            return invalid;
        }
    }

    /**
     * What came of it.
     *
     * @param changes what differs; none where the documents were so already
     * @param documents those in force now: still the old ones after a dry run
     */
    record Revised(List<Change> changes, DocumentSet documents) {}

    /**
     * Carries out an edit.
     *
     * @param dryRun whether to leave out the storing
     * @throws Invalid naming a field that breaks a rule
     */
    Revised revise(Caller caller, boolean dryRun, Edit edit) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            DocumentSet documents = state.fresh().documents();
            List<Change> changes = checked(caller, documents, edit);
            if (dryRun || changes.isEmpty()) {
                return new Revised(changes, documents);
            }
            OptionalLong epoch = store.changes()
                    .revise(
                            documents.revision(),
                            changes.stream()
                                    .map(change -> change.stored(documents))
                                    .toList(),
                            caller.author());
            if (epoch.isPresent()) {
                State _ = state.atLeast(epoch.getAsLong());
                return new Revised(changes, state.loaded().documents());
            }
        }
        throw new Unavailable("the configuration, which others are changing all the time,");
    }

    private List<Change> checked(Caller caller, DocumentSet documents, Edit edit) {
        try {
            Configuration wanted = edit.of(documents);
            List<Change> changes = Change.between(documents.configuration(), wanted);
            caller.requireAll(new Authority(documents.configuration(), wanted).scopes(changes));
            checkKeyFiles(wanted, changes);
            compiler.check(wanted, state.loaded());
            return changes;
        } catch (Invalid e) {
            throw edit.complaint(e, documents);
        }
    }

    /** A key file is read from the broker's own disk: start-up configuration only. */
    private static void checkKeyFiles(Configuration wanted, List<Change> changes) {
        for (Change change : changes) {
            if (change.after() instanceof TrustProvider provider) {
                Invalid.unless(
                        provider.keys().file() == null,
                        "trustProviders[" + wanted.trustProviders().indexOf(provider) + "].keys.file",
                        "is for the start-up bundle only");
            }
        }
    }
}
