package dev.sallyport.api.state;

import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.Conditions;
import dev.sallyport.policy.PolicySet;
import java.util.List;

/**
 * What documents compile to, whatever is suspended and whichever keys sign.
 *
 * @param providers the trust providers, ready to verify
 * @param targets the documents' targets and the broker's own
 * @param policy the policy set
 * @param conditions its conditions, for the next policy set to take over
 */
record Compiled(List<Provider> providers, List<Target> targets, PolicySet policy, Conditions conditions) {}
