package dev.sallyport.api.admin;

import dev.sallyport.api.lint.Warnings;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
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
import java.util.function.Supplier;

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
    private final HistoryCheck history;

    Revisions(LiveState state, StateCompiler compiler, PostgresStore store, HistoryCheck history) {
        this.state = state;
        this.compiler = compiler;
        this.store = store;
        this.history = history;
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

        /**
         * Those of the warnings that are to be told: all of them.
         *
         * @param before finds what the lint says of the documents in force
         */
        default Warnings telling(Warnings warnings, Caller caller, Supplier<Warnings> before) {
            return warnings;
        }
    }

    /**
     * What came of it.
     *
     * @param changes what differs; none where the documents were so already
     * @param documents those in force now: still the old ones after a dry run
     * @param warnings what the lint says of it
     */
    record Revised(List<Change> changes, DocumentSet documents, Warnings warnings) {}

    /**
     * Carries out an edit. What the history must bear is looked at before anything is locked, once: where another admin is quicker
     * meanwhile, a 412 tells.
     *
     * @throws Invalid naming a field that breaks a rule
     */
    Revised revise(Caller caller, Mode mode, Edit edit) {
        for (int i = 0; i < (mode.history().isNone() ? MAX_ATTEMPTS : 1); i++) {
            Loaded now = state.fresh();
            DocumentSet documents = now.documents();
            Plan plan = checked(caller, now, edit);
            List<Change> changes = plan.changes();
            mode.check(plan.warnings());
            if (!mode.history().isNone() && !changes.isEmpty()) {
                history.require(caller, mode.history(), changes, plan.wanted(), now);
            }
            if (mode.dryRun() || changes.isEmpty()) {
                return new Revised(changes, documents, plan.warnings());
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
                return new Revised(changes, state.loaded().documents(), plan.warnings());
            }
        }
        if (!mode.history().isNone()) {
            throw new Problem(
                    412,
                    "precondition-failed",
                    "others have changed the configuration while the history was looked at");
        }
        throw new Unavailable("the configuration, which others are changing all the time,");
    }

    /** What an edit comes to. */
    private record Plan(Configuration wanted, List<Change> changes, Warnings warnings) {}

    private Plan checked(Caller caller, Loaded now, Edit edit) {
        DocumentSet documents = now.documents();
        try {
            Configuration wanted = edit.of(documents);
            List<Change> changes = Change.between(documents.configuration(), wanted);
            caller.requireAll(new Authority(documents.configuration(), wanted).scopes(changes));
            checkKeyFiles(wanted, changes);
            Warnings warnings = compiler.check(wanted, now);
            return new Plan(wanted, changes, edit.telling(warnings, caller, () -> compiler.lint(now)));
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
