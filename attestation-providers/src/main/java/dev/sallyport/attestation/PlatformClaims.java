package dev.sallyport.attestation;

import dev.sallyport.core.attest.TrustProvider;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the evidence of a type says: for those who check bindings and conditions before there is any.
 *
 * @param type the trust provider type
 * @param shapes its claims by the names that documents have for them; a name that ends with a star stands for all that begin
 *     so
 * @param identity those that name the workload, and that nobody else's can come to have; all others can change hands, or
 *     are chosen by whoever runs the workload
 * @param names those that name the workload by something that can change hands, each with those of {@code identity} that say
 *     the same for good
 * @param open whether there may be further claims, of the customer's making
 */
public record PlatformClaims(
        String type,
        SortedMap<String, Shape> shapes,
        Set<String> identity,
        Map<String, List<String>> names,
        boolean open) {

    public PlatformClaims {
        shapes = Collections.unmodifiableSortedMap(new TreeMap<>(shapes));
        identity = Set.copyOf(identity);
        names = Map.copyOf(names);
    }

    /** The types of trust providers that there are, those among them whose evidence is no token. */
    public static Set<String> types() {
        Set<String> types = new TreeSet<>(Profiles.shipped().types());
        types.add(Spiffe.TYPE);
        types.add(Workforce.TYPE);
        types.addAll(SignedDocuments.TYPES);
        return Collections.unmodifiableSet(types);
    }

    /** What the evidence of a type says; empty for one that there is not. */
    public static Optional<PlatformClaims> of(String type) {
        return profile(type).map(profile -> of(profile, source -> true)).or(() -> DocumentClaims.of(type));
    }

    /** The same of one trust provider: of a cluster that is not asked for pods, nothing about pods that only it knows. */
    public static Optional<PlatformClaims> of(TrustProvider document) {
        boolean pods = document.review() != null
                && Boolean.TRUE.equals(document.review().pod());
        return pods || !document.type().equals(TokenReviews.TYPE)
                ? of(document.type())
                : profile(document.type())
                        .map(profile -> of(profile, source -> !source.at().startsWith("/" + ClusterReview.POD + "/")));
    }

    /** Whether everybody can have a token of the trust provider's issuer, so that claims alone say whose it is. */
    public static boolean shared(TrustProvider document) {
        return profile(document.type())
                .map(profile -> {
                    String issuer = document.issuer() == null ? profile.issuer() : document.issuer();
                    return issuer != null && Profiles.shared(profile, issuer);
                })
                .orElse(false);
    }

    private static Optional<Profile> profile(String type) {
        return switch (type) {
            case Spiffe.TYPE -> Optional.of(Spiffe.PROFILE);
            case Workforce.TYPE -> Optional.of(Workforce.PROFILE);
            default -> Profiles.shipped().find(type);
        };
    }

    private static PlatformClaims of(Profile profile, Predicate<Profile.Source> sent) {
        SortedMap<String, Shape> shapes = new TreeMap<>();
        profile.claims().forEach((name, source) -> {
            if (sent.test(source)) {
                shapes.put(name, source.shape());
            }
        });
        return new PlatformClaims(
                profile.type(), shapes, Set.copyOf(profile.identity()), profile.names(), profile.open());
    }

    /** What a claim is; empty where the platform says nothing of such a claim. */
    public Optional<Shape> shape(String claim) {
        Shape exact = shapes.get(claim);
        return exact != null
                ? Optional.of(exact)
                : shapes.entrySet().stream()
                        .filter(each -> oneOfMany(claim, each.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst();
    }

    /** Whether evidence can have such a claim. */
    public boolean sends(String claim) {
        return open || shape(claim).isPresent();
    }

    /** Whether a claim names the workload, so that nobody else's can come to have it. */
    public boolean identifies(String claim) {
        return identity.contains(claim);
    }

    private static boolean oneOfMany(String claim, String name) {
        String prefix = Profile.prefixOfMany(name);
        return prefix != null && claim.length() > prefix.length() && claim.startsWith(prefix);
    }
}
