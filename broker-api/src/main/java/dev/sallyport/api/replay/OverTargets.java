package dev.sallyport.api.replay;

import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.PolicySet;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * What policies say of targets as they once were. For one thread.
 *
 * <p>It remembers {@value #MOST} of them, by the very object: each version of a target is one.
 */
final class OverTargets {

    private static final int MOST = 256;

    private final PolicySet policies;
    private final Set<Target> targets;
    private final IdentityHashMap<Target, PolicySet> known = new IdentityHashMap<>();

    /**
     * Knows policies.
     *
     * @param targets what they were compiled against
     */
    OverTargets(PolicySet policies, Set<Target> targets) {
        this.policies = policies;
        this.targets = targets;
    }

    PolicySet about(Target then) {
        if (known.size() >= MOST && !known.containsKey(then)) {
            known.clear();
        }
        return known.computeIfAbsent(
                then, each -> each.builtIn() || targets.contains(each) ? policies : policies.over(each));
    }
}
