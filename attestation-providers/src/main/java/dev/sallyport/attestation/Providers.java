package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one list of trust provider types, and the factory that turns their documents into verifiers.
 *
 * <p>Keys are kept across compilations by where they come from, so that compiling a document again is cheap and fetches
 * nothing. Safe to use from all threads.
 */
public final class Providers {

    private final String issuer;
    private final KeySources sources;
    private final InstantSource clock;
    private final Profiles profiles = Profiles.shipped();

    /**
     * Makes the factory.
     *
     * @param issuer the broker's own issuer
     * @param fetch fetches keys and discovery documents
     * @param crypto verifies signatures; null for the platform's default
     * @param clock tells whether evidence is valid
     * @param nanoTime measures how old keys are, such as {@link System#nanoTime}
     */
    public Providers(
            String issuer,
            Fetch fetch,
            java.security.@Nullable Provider crypto,
            InstantSource clock,
            LongSupplier nanoTime) {
        this(issuer, fetch, crypto, clock, nanoTime, Thread::startVirtualThread);
    }

    Providers(
            String issuer,
            Fetch fetch,
            java.security.@Nullable Provider crypto,
            InstantSource clock,
            LongSupplier nanoTime,
            Executor background) {
        this(issuer, new KeySources(fetch, crypto, nanoTime, background), clock);
    }

    private Providers(String issuer, KeySources sources, InstantSource clock) {
        this.issuer = issuer;
        this.sources = sources;
        this.clock = clock;
    }

    /** The same with the same keys at another time, to test evidence of the past. */
    public Providers at(InstantSource time) {
        return new Providers(issuer, sources, time);
    }

    /** The names of the algorithms that evidence may be signed with, sorted (RFC 7518 section 3.1, RFC 8037, RFC 9864). */
    public static List<String> algorithms() {
        return Algorithms.ALLOWED.stream().map(JWSAlgorithm::getName).sorted().toList();
    }

    /** The types of trust providers that there are. */
    public Set<String> types() {
        return profiles.types();
    }

    /** What the evidence of a type says; empty for one that there is not. */
    public Optional<PlatformClaims> claims(String type) {
        return profiles.find(type).map(PlatformClaims::of);
    }

    /**
     * Makes the verifier of a document.
     *
     * @param claimsInUse names of the claims that bindings and conditions mention, so that they are kept
     * @throws Invalid naming the field that breaks a rule
     */
    public Provider compile(TrustProvider document, Set<String> claimsInUse) {
        Profile type = profile(document);
        String trusted = issuer(document, type);
        Profile profile = profiles.checked(type, document, trusted);
        Audiences audiences = Audiences.of(issuer, document.audiences(), profile.audiences());
        Pins pins = Pins.of(profile, document);
        KeptClaims kept = KeptClaims.of(profile, document, claimsInUse);
        KeySource keys = sources.of(KeyOrigin.of(document.keys(), trusted));
        List<Rule> rules = List.of(
                JwtAttestor.issuedBy(trusted),
                new HeaderRule(profile.typ()),
                new SignedByProvider(document.name(), keys),
                audiences,
                new Lifetime(),
                JwtAttestor::withoutSubject,
                pins);
        return new Provider(document.name(), document.type(), trusted, new JwtAttestor(rules, kept, clock));
    }

    /**
     * Checks what concerns several documents: of those with one issuer no two may have keys in common, since nobody could
     * say whose word a token is.
     *
     * @throws Invalid naming the later of the two
     */
    public void checkTogether(List<TrustProvider> documents) {
        Map<String, Map<KeyOrigin, String>> byIssuer = new HashMap<>();
        for (int i = 0; i < documents.size(); i++) {
            TrustProvider document = documents.get(i);
            try {
                String trusted = issuer(document, profile(document));
                checkNoneShares(document, trusted, byIssuer.computeIfAbsent(trusted, any -> new HashMap<>()));
            } catch (Invalid e) {
                throw e.within("trustProviders[" + i + "]");
            }
        }
    }

    private void checkNoneShares(TrustProvider document, String trusted, Map<KeyOrigin, String> others) {
        KeyOrigin origin = KeyOrigin.of(document.keys(), trusted);
        others.forEach((other, name) -> Invalid.unless(
                !sources.overlap(origin, other), "keys", "has the issuer and a key of trust provider " + name));
        others.put(origin, document.name());
    }

    private Profile profile(TrustProvider document) {
        return profiles.find(document.type())
                .orElseThrow(() -> new Invalid("type", "is not one of " + String.join(", ", profiles.types())));
    }

    private String issuer(TrustProvider document, Profile profile) {
        String trusted = document.issuer() == null ? profile.issuer() : document.issuer();
        if (trusted == null) {
            throw new Invalid("issuer", "is missing, and the type " + profile.type() + " has none of its own");
        }
        URI uri = Urls.http("issuer", trusted);
        Invalid.unless(uri.getRawQuery() == null, "issuer", "must not have a query");
        Invalid.unless(
                !Profiles.canonical(trusted).equals(Profiles.canonical(issuer)), "issuer", "is the broker's own");
        return trusted;
    }
}
