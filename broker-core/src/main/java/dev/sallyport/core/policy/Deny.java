package dev.sallyport.core.policy;

import java.util.List;

/**
 * A refusal by policy.
 *
 * @param part which part of the request is not permitted
 * @param detail why, in words fit for the caller: no policy text, no policy names
 * @param policies the names of the deny policies that decided; none where nothing allowed it
 */
public record Deny(Part part, String detail, List<String> policies) implements Decision {

    public Deny {
        policies = List.copyOf(policies);
    }

    /** The part of a request that policy turned down. */
    public enum Part {
        /** Nothing at all is permitted on the target. */
        TARGET,
        /** Something is, but not all that was asked for. */
        ACTION
    }
}
