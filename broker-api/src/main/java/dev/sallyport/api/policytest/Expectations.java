package dev.sallyport.api.policytest;

import dev.sallyport.api.decision.SimulatedRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of expectations about policies.
 *
 * @param bundle the bundle with agents, targets, trust providers and policies; its path is relative to the file
 * @param policies files with a policy each, or a list of them, that stand in place of the bundle's; paths are relative to the file
 * @param tests what is expected
 */
record Expectations(
        @Nullable String bundle,
        @Nullable List<String> policies,
        @Nullable List<Expectation> tests) {

    /**
     * One request and what should come of it.
     *
     * @param request as for a simulation; candidates have no place in it
     */
    record Expectation(
            @Nullable String name,
            @Nullable SimulatedRequest request,
            @Nullable Expected expect) {}

    /** What should come of it; what is left out is not looked at. */
    record Expected(
            @Nullable String outcome,
            @Nullable List<String> actions,
            @Nullable Narrowed constraints) {}

    /** What a permit should be narrowed to. */
    record Narrowed(
            @Nullable String ttl,
            @Nullable List<String> proofs,
            @Nullable List<String> policies) {}
}
