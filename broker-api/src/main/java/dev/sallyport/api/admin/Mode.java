package dev.sallyport.api.admin;

import dev.sallyport.api.lint.Warnings;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import java.util.Map;
import java.util.Set;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * How a change is to be made, as the query says, which must say nothing else.
 *
 * @param dryRun whether to leave out the storing
 * @param failOnLint whether what the lint warns of is refused
 * @param history what must stay as it was
 */
record Mode(boolean dryRun, boolean failOnLint, HistoryDemand history) {

    private static final String DRY_RUN = "dryRun";
    private static final String FAIL_ON_LINT = "failOnLint";

    /** Of a change that may concern policies, which the history can be asked about. */
    static Mode ofPolicies(ServerRequest request) {
        return of(Parameters.of(request, HistoryDemand.parameters(DRY_RUN, FAIL_ON_LINT)));
    }

    /** Of a change that does not. */
    static Mode ofOthers(ServerRequest request) {
        return of(Parameters.of(request, Set.of(DRY_RUN, FAIL_ON_LINT)));
    }

    /** Of the end of a document. */
    static Mode ofEnd(ServerRequest request, boolean policy) {
        Parameters given = Parameters.of(request, policy ? HistoryDemand.parameters() : Set.of());
        return new Mode(false, false, HistoryDemand.of(given));
    }

    private static Mode of(Parameters given) {
        return new Mode(given.flag(DRY_RUN), given.flag(FAIL_ON_LINT), HistoryDemand.of(given));
    }

    /** Throws where there are warnings and there must be none. */
    void check(Warnings warnings) {
        if (failOnLint && !warnings.all().isEmpty()) {
            throw new Problem(
                    422,
                    "lint",
                    "the lint warns of what would come of this, and failOnLint is set: nothing was changed",
                    Map.of("warnings", warnings.shown(), "warningsComplete", warnings.complete()));
        }
    }
}
