package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Origin;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
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
    private final VerifiedSignatures seen;
    private final InstantSource clock;
    private final @Nullable SignedDocuments signed;
    private final TokenReviews reviews;
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
        this(issuer, fetch, crypto, clock, nanoTime, KeySources::fetchOnThread);
    }

    Providers(
            String issuer,
            Fetch fetch,
            java.security.@Nullable Provider crypto,
            InstantSource clock,
            LongSupplier nanoTime,
            Executor background) {
        this(
                issuer,
                new KeySources(fetch, crypto, nanoTime, background),
                new VerifiedSignatures(),
                clock,
                null,
                TokenReviews.none());
    }

    private Providers(
            String issuer,
            KeySources sources,
            VerifiedSignatures seen,
            InstantSource clock,
            @Nullable SignedDocuments signed,
            TokenReviews reviews) {
        this.issuer = issuer;
        this.sources = sources;
        this.seen = seen;
        this.clock = clock;
        this.signed = signed;
        this.reviews = reviews;
    }

    /** The same with the types whose evidence is no token. */
    public Providers with(SignedDocuments documents) {
        return new Providers(issuer, sources, seen, clock, documents, reviews);
    }

    /** The same with clusters that can be asked about their tokens. */
    public Providers with(TokenReviews clusters) {
        return new Providers(issuer, sources, seen, clock, signed, clusters);
    }

    /**
     * The same with the same keys at another time, to test evidence of the past. What it verifies leaves no trace, and it
     * remembers none of it.
     */
    public Providers at(InstantSource time) {
        return new Providers(
                issuer,
                sources,
                VerifiedSignatures.none(),
                time,
                signed == null ? null : signed.rehearsed(time),
                reviews.rehearsed());
    }

    /** The names of the algorithms that evidence may be signed with, sorted (RFC 7518 section 3.1, RFC 8037, RFC 9864). */
    public static List<String> algorithms() {
        return Algorithms.ALLOWED.stream().map(JWSAlgorithm::getName).sorted().toList();
    }

    /** The types of trust providers that there are. */
    public Set<String> types() {
        Set<String> types = new TreeSet<>(profiles.types());
        types.add(Spiffe.TYPE);
        types.add(Workforce.TYPE);
        if (signed != null) {
            types.addAll(SignedDocuments.TYPES);
        }
        return Collections.unmodifiableSet(types);
    }

    /** What the evidence of a type says; empty for one that there is not. */
    public Optional<PlatformClaims> claims(String type) {
        return PlatformClaims.of(type);
    }

    /**
     * Makes the verifier of a document.
     *
     * @param claimsInUse names of the claims that bindings and conditions mention, so that they are kept
     * @throws Invalid naming the field that breaks a rule
     */
    public Provider compile(TrustProvider document, Set<String> claimsInUse) {
        if (signed != null && SignedDocuments.TYPES.contains(document.type())) {
            return signed.compile(document);
        }
        if (document.vouchesForPeople()) {
            return ofPeople(document, claimsInUse);
        }
        DocumentRules.checkToken(document);
        Root root = root(document);
        Profile profile = root.profile();
        Audiences audiences = Audiences.of(issuer, document.audiences(), profile.audiences());
        Pins pins = Pins.of(profile, document);
        KeptClaims kept = KeptClaims.of(profile, document, claimsInUse);
        List<Rule> rules = new ArrayList<>(root.rules());
        rules.add(new HeaderRule(profile.typ()));
        if (!(root.keys() instanceof KeyOrigin.Asked)) {
            rules.add(new SignedByProvider(document.name(), sources.of(root.keys()), seen));
        }
        rules.addAll(List.of(audiences, new Lifetime(), JwtAttestor::withoutSubject));
        JwtAttestor attestor =
                new JwtAttestor(root.reading(), rules, reviews.of(document, audiences), pins, kept, clock);
        return new Provider(document.name(), document.type(), root.origin(), document.terms(), attestor);
    }

    /** ID tokens, which are for the client of the people's identity provider and not for the broker's own URLs. */
    private Provider ofPeople(TrustProvider document, Set<String> claimsInUse) {
        DocumentRules.checkPeoples(document);
        Root root = root(document);
        Workforce workforce = Workforce.of(document, issuer);
        List<Rule> rules = new ArrayList<>(root.rules());
        rules.add(new HeaderRule(root.profile().typ()));
        rules.add(Workforce::otherToken);
        rules.add(new SignedByProvider(document.name(), sources.of(root.keys()), seen));
        rules.addAll(
                List.<Rule>of(workforce::otherClient, new Lifetime(), workforce::stale, JwtAttestor::withoutSubject));
        JwtAttestor attestor = new JwtAttestor(
                root.reading(),
                rules,
                UnaryOperator.identity(),
                Pins.of(root.profile(), document),
                KeptClaims.of(root.profile(), document, claimsInUse),
                clock);
        return new Provider(document.name(), document.type(), root.origin(), document.terms(), attestor);
    }

    /**
     * Checks what concerns several documents: of those with one issuer or trust domain no two may have keys in common,
     * since nobody could say whose word a token is.
     *
     * @throws Invalid naming the later of the two
     */
    public void checkTogether(List<TrustProvider> documents) {
        Map<Origin, Map<KeyOrigin, String>> byOrigin = new HashMap<>();
        Map<String, String> byAccount = new HashMap<>();
        for (int i = 0; i < documents.size(); i++) {
            TrustProvider document = documents.get(i);
            try {
                if (signed != null && SignedDocuments.TYPES.contains(document.type())) {
                    DocumentRules.checkNoneShares(document, byAccount);
                    continue;
                }
                Root root = root(document);
                checkNoneShares(document, root.keys(), byOrigin.computeIfAbsent(root.origin(), any -> new HashMap<>()));
            } catch (Invalid e) {
                throw e.within("trustProviders[" + i + "]");
            }
        }
    }

    private void checkNoneShares(TrustProvider document, KeyOrigin origin, Map<KeyOrigin, String> others) {
        others.forEach((other, name) -> Invalid.unless(
                !sources.overlap(origin, other),
                "keys",
                "has the issuer or trust domain, and a key, of trust provider " + name));
        others.put(origin, document.name());
    }

    private Optional<Profile> find(String type) {
        return switch (type) {
            case Spiffe.TYPE -> Optional.of(Spiffe.PROFILE);
            case Workforce.TYPE -> Optional.of(Workforce.PROFILE);
            default -> profiles.find(type);
        };
    }

    private Profile profile(TrustProvider document) {
        return find(document.type())
                .orElseThrow(() -> new Invalid("type", "is not one of " + String.join(", ", types())));
    }

    private Root root(TrustProvider document) {
        if (document.type().equals(Spiffe.TYPE)) {
            Invalid.unless(document.review() == null, "review", "is for the type " + TokenReviews.TYPE);
            return Spiffe.root(document);
        }
        Profile type = profile(document);
        Invalid.unless(document.trustDomain() == null, "trustDomain", "is for the type " + Spiffe.TYPE);
        Invalid.unless(
                document.review() == null || document.type().equals(TokenReviews.TYPE),
                "review",
                "is for the type " + TokenReviews.TYPE);
        String trusted = issuer(document, type);
        return new Root(
                document.vouchesForPeople() ? new Origin.People(trusted) : new Origin.Issuer(trusted),
                profiles.checked(type, document, trusted),
                keys(document, trusted),
                List.of(JwtAttestor.issuedBy(trusted)),
                UnaryOperator.identity());
    }

    /** A cluster that is asked knows its own keys; those that the document has are looked at as well. */
    private static KeyOrigin keys(TrustProvider document, String trusted) {
        return document.review() != null && document.keys().equals(Keys.discovered())
                ? new KeyOrigin.Asked(document.review().cluster())
                : KeyOrigin.of(document.keys(), trusted);
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
