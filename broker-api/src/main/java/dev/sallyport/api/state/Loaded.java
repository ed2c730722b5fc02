package dev.sallyport.api.state;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.lint.ShippedPlatforms;
import dev.sallyport.core.State;
import dev.sallyport.core.Suspensions;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.log.Notes;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.token.TokenVerifier;
import dev.sallyport.policy.ClaimUses;
import dev.sallyport.policy.Conditions;
import dev.sallyport.policy.Policies;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.store.Suspension;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is in memory of the database at one epoch.
 *
 * @param state what requests are decided by
 * @param verifier verifies the broker's own tokens
 * @param documents what it was compiled from
 * @param compiled the part of it that the documents alone make, kept for the next epoch
 * @param suspended what is switched off
 * @param notes what signs the log's checkpoints
 */
public record Loaded(
        State state,
        TokenVerifier verifier,
        DocumentSet documents,
        Compiled compiled,
        Collection<Suspension> suspended,
        Notes notes) {

    /** The same with other rooms. */
    Loaded with(State state) {
        return new Loaded(state, verifier, documents, compiled, suspended, notes);
    }

    /** The policies in force. */
    public PolicySet policies() {
        return compiled.policy();
    }

    /** Other policies, compiled against what is in force otherwise; throws {@link dev.sallyport.core.Invalid} with the place. */
    public PolicySet policies(List<Policy> candidates) {
        return Policies.compile(
                candidates,
                documents.configuration().agents(),
                compiled.targets(),
                Conditions.of(candidates, compiled.conditions()));
    }

    /** The claims that the documents rely on. */
    public ClaimUses claimUses() {
        return ClaimUses.of(documents.configuration(), compiled.targets(), compiled.policy(), new ShippedPlatforms());
    }

    /** The broker's own API, as a target. */
    public Target builtIn() {
        return compiled.targets().stream().filter(Target::builtIn).findFirst().orElseThrow();
    }

    /** The suspension of a document, if it is suspended. */
    public Optional<Suspension> suspension(Kind kind, String name) {
        return suspended.stream()
                .filter(each -> each.kind().equals(kind.label()) && each.name().equals(name))
                .findFirst();
    }

    /** Whether a document is there and not suspended. */
    public boolean active(Kind kind, String name) {
        return documents.find(kind, name).isPresent() && suspension(kind, name).isEmpty();
    }

    static Suspensions suspensions(Collection<Suspension> suspended) {
        return new Suspensions(
                names(suspended, Kind.TRUST_PROVIDER), names(suspended, Kind.AGENT), names(suspended, Kind.TARGET));
    }

    private static Set<String> names(Collection<Suspension> suspended, Kind kind) {
        return suspended.stream()
                .filter(each -> each.kind().equals(kind.label()))
                .map(Suspension::name)
                .collect(Collectors.toSet());
    }
}
