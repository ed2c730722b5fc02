package dev.sallyport.api.state;

import dev.sallyport.api.config.Site;
import dev.sallyport.api.lint.ShippedPlatforms;
import dev.sallyport.api.lint.Warnings;
import dev.sallyport.attestation.Providers;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.State;
import dev.sallyport.core.Suspensions;
import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Directory;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.token.JwtMinter;
import dev.sallyport.core.token.KeyRing;
import dev.sallyport.core.token.TokenVerifier;
import dev.sallyport.policy.Conditions;
import dev.sallyport.policy.Lint;
import dev.sallyport.policy.Policies;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.store.Snapshot;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what the database holds into the immutable state that requests are decided by. */
public final class StateCompiler {

    private final Site site;
    private final Providers providers;
    private final java.security.@Nullable Provider crypto;
    private final InstantSource clock;
    private final Supplier<UUID> ids;

    public StateCompiler(
            Site site,
            Providers providers,
            java.security.@Nullable Provider crypto,
            InstantSource clock,
            Supplier<UUID> ids) {
        this.site = site;
        this.providers = providers;
        this.crypto = crypto;
        this.clock = clock;
        this.ids = ids;
    }

    /** Throws {@link Invalid} where the configuration could not be compiled: the check before it is stored. */
    public void check(Configuration configuration) {
        compile(configuration, Conditions.NONE);
    }

    /** The same for a configuration that much of what is loaded goes on in; what the lint says of it. */
    public Warnings check(Configuration configuration, Loaded before) {
        return lint(configuration, compile(configuration, before.compiled().conditions()));
    }

    /** What the lint says of the documents in force. */
    public Warnings lint(Loaded now) {
        return lint(now.documents().configuration(), now.compiled());
    }

    private Warnings lint(Configuration configuration, Compiled compiled) {
        return Warnings.of(Lint.of(
                configuration, compiled.targets(), compiled.policy(), new ShippedPlatforms(), System::nanoTime));
    }

    /** The policies of an earlier revision; conditions that are there still are not compiled again. */
    public PolicySet policies(DocumentSet documents, Loaded now) {
        return policies(documents.configuration(), now);
    }

    /** The same of a configuration that could come to be. */
    public PolicySet policies(Configuration configuration, Loaded now) {
        return Policies.compile(
                configuration.policies(),
                configuration.agents(),
                targets(configuration),
                Conditions.of(configuration.policies(), now.compiled().conditions()));
    }

    private List<Target> targets(Configuration configuration) {
        List<Target> targets = new ArrayList<>(configuration.targets());
        targets.add(Target.builtIn(site.issuer()));
        return List.copyOf(targets);
    }

    /** Compiles a snapshot that has its documents. */
    Loaded compile(Snapshot snapshot) {
        return compile(snapshot, Conditions.NONE, null);
    }

    private Loaded compile(Snapshot snapshot, Conditions before, @Nullable KeyRing known) {
        DocumentSet documents = DocumentSet.of(snapshot.revision(), Objects.requireNonNull(snapshot.documents()));
        return joined(snapshot, documents, compile(documents.configuration(), before), known);
    }

    /** Compiles a later snapshot: what is known of its documents is not compiled again. */
    Loaded compile(Snapshot snapshot, Loaded before) {
        return snapshot.documents() == null
                ? joined(
                        snapshot,
                        before.documents(),
                        before.compiled(),
                        before.state().keys())
                : compile(
                        snapshot, before.compiled().conditions(), before.state().keys());
    }

    private Loaded joined(Snapshot snapshot, DocumentSet documents, Compiled compiled, @Nullable KeyRing known) {
        KeyRing keys = StoredKeys.ring(snapshot.keys(), crypto, known);
        Suspensions suspensions = Loaded.suspensions(snapshot.suspensions());
        BrokenGlass doors = BrokenGlass.of(snapshot.doors(), providers, compiled.targets(), clock);
        List<Agent> agents = doors.beside(documents.configuration().agents());
        State state = new State(
                snapshot.epoch(),
                snapshot.revision(),
                Attestors.of(doors.with(compiled.providers()), suspensions.trustProviders(), clock),
                Directory.of(site.trustDomain(), agents, compiled.targets(), suspensions),
                doors.over(compiled.policy()),
                keys,
                new JwtMinter(site.issuer(), site.trustDomain(), keys, ids));
        TokenVerifier verifier = new TokenVerifier(site.issuer(), keys, clock);
        return new Loaded(
                state,
                verifier,
                documents,
                compiled,
                snapshot.suspensions(),
                StoredKeys.notes(site.logOrigin(), snapshot.keys()));
    }

    private Compiled compile(Configuration configuration, Conditions before) {
        configuration.checkApartFrom(site.issuer());
        providers.checkTogether(configuration.trustProviders());
        List<Target> targets = targets(configuration);
        Conditions conditions = Conditions.of(configuration.policies(), before);
        PolicySet policy = Policies.compile(configuration.policies(), configuration.agents(), targets, conditions);
        return new Compiled(providers(configuration, conditions.claims()), targets, policy, conditions);
    }

    /** The verifier of one trust provider as at that moment: apart from that of requests, with the same keys. */
    public Attestor attestor(Loaded now, TrustProvider document, InstantSource moment) {
        Set<String> inUse = new TreeSet<>(now.compiled().conditions().claims());
        inUse.addAll(now.documents().configuration().claimsInUse(document.name()));
        return providers.at(moment).compile(document, inUse).attestor();
    }

    private List<Provider> providers(Configuration configuration, Set<String> inConditions) {
        List<Provider> ready = new ArrayList<>();
        for (int i = 0; i < configuration.trustProviders().size(); i++) {
            TrustProvider document = configuration.trustProviders().get(i);
            try {
                Set<String> inUse = new TreeSet<>(inConditions);
                inUse.addAll(configuration.claimsInUse(document.name()));
                ready.add(providers.compile(document, inUse));
            } catch (Invalid e) {
                throw e.within("trustProviders[" + i + "]");
            }
        }
        return List.copyOf(ready);
    }
}
