package dev.sallyport.attestation;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the evidence of a type says: for those who check bindings and conditions before there is any.
 *
 * @param type the trust provider type
 * @param shapes its claims by the names that documents have for them; a name that ends with a star stands for all that begin
 *     so
 * @param identity those that name the workload, and that nobody else's can come to have; all others can change hands, or
 *     are chosen by whoever runs the workload
 * @param open whether there may be further claims, of the customer's making
 */
public record PlatformClaims(String type, SortedMap<String, Shape> shapes, Set<String> identity, boolean open) {

    public PlatformClaims {
        shapes = Collections.unmodifiableSortedMap(new TreeMap<>(shapes));
        identity = Set.copyOf(identity);
    }

    static PlatformClaims of(Profile profile) {
        SortedMap<String, Shape> shapes = new TreeMap<>();
        profile.claims().forEach((name, source) -> shapes.put(name, source.shape()));
        return new PlatformClaims(profile.type(), shapes, Set.copyOf(profile.identity()), profile.open());
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
