package dev.sallyport.api.replay;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.PolicySet;
import java.util.List;

/**
 * Policies that could be in force, compiled against the documents that are.
 *
 * @param loaded what is in force
 */
public record Candidates(Loaded loaded, PolicySet policies) {

    /** Compiles them; throws {@link Invalid} with the place of a mistake, {@code policies[2].when}. */
    public static Candidates of(List<Policy> policies, Loaded loaded) {
        return new Candidates(loaded, loaded.policies(policies));
    }

    /** The revision whose documents they were compiled against. */
    public long revision() {
        return loaded.documents().revision();
    }

    /** Whether the target is today what it was. */
    boolean know(Target then) {
        return then.builtIn()
                || loaded.documents()
                        .find(Kind.TARGET, then.name())
                        .filter(held -> held.document().equals(then))
                        .isPresent();
    }
}
