package dev.sallyport.api.replay;

import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.PolicySet;
import java.util.List;
import java.util.Set;

/**
 * Policies that could be in force, compiled, beside those that are.
 *
 * @param policies the candidates
 * @param targets what they were compiled against
 * @param loaded what is in force
 */
public record Candidates(PolicySet policies, Set<Target> targets, Loaded loaded) {

    public Candidates {
        targets = Set.copyOf(targets);
    }

    /** Compiles them against the documents in force; throws {@link Invalid} with the place of a mistake, {@code policies[2].when}. */
    public static Candidates of(List<Policy> policies, Loaded loaded) {
        return new Candidates(loaded.policies(policies), targets(loaded), loaded);
    }

    /** Those of a configuration that is to be in force, with the agents and targets that it has. */
    public static Candidates of(Configuration wanted, Loaded loaded, StateCompiler compiler) {
        return new Candidates(compiler.policies(wanted, loaded), Set.copyOf(wanted.targets()), loaded);
    }

    /** The revision that they would replace. */
    public long revision() {
        return loaded.documents().revision();
    }

    /** What the candidates say of targets as they were. */
    OverTargets overTargets() {
        return new OverTargets(policies, targets);
    }

    /** What the policies in force say of them. */
    static OverTargets inForce(Loaded loaded) {
        return new OverTargets(loaded.policies(), targets(loaded));
    }

    private static Set<Target> targets(Loaded loaded) {
        return Set.copyOf(loaded.documents().configuration().targets());
    }
}
