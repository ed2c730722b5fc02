package dev.sallyport.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a platform's evidence can say: for the {@link Lint}, which looks at documents before there is any evidence.
 *
 * @param type the trust provider type
 * @param claims its claims, each with whether it is a list; a name that ends with a star stands for all that begin so
 * @param further claims that the trust provider's document vouches for, of unknown shape
 * @param identity those that name the workload, and that nobody else's can come to have
 * @param names those that name it by something that can change hands, each with the claims that say the same for good
 * @param open whether there may be any other claim
 * @param shared whether the issuer signs for everybody
 */
public record Platform(
        String type,
        Map<String, Boolean> claims,
        Set<String> further,
        Set<String> identity,
        Map<String, List<String>> names,
        boolean open,
        boolean shared) {

    /** Claims of every token (RFC 7519 section 4.1), whether a platform's page lists them or not. */
    private static final Set<String> REGISTERED = Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti");

    public Platform {
        claims = Map.copyOf(claims);
        further = Set.copyOf(further);
        identity = Set.copyOf(identity);
        names = Map.copyOf(names);
    }

    /** One of which nothing is known, so that it may say anything. */
    static Platform unknown(String type) {
        return new Platform(type, Map.of(), Set.of(), Set.of(), Map.of(), true, false);
    }

    /** Whether evidence can have the claim; a JSON Pointer may lead anywhere. */
    boolean sends(String claim) {
        return open || claim.startsWith("/") || further.contains(claim) || REGISTERED.contains(claim) || lists(claim);
    }

    /** Whether the platform itself is known to have the claim. */
    boolean lists(String claim) {
        return list(claim).isPresent();
    }

    /** Whether the claim is a list; empty where nobody knows. */
    Optional<Boolean> list(String claim) {
        Boolean exact = claims.get(claim);
        return exact != null
                ? Optional.of(exact)
                : claims.entrySet().stream()
                        .filter(each -> stands(each.getKey(), claim))
                        .map(Map.Entry::getValue)
                        .findFirst();
    }

    private static boolean stands(String name, String claim) {
        int end = name.length() - 1;
        return end > 0 && name.charAt(end) == '*' && claim.length() > end && claim.startsWith(name.substring(0, end));
    }

    /** Whether a claim says which workload it is, be it for good or not. */
    boolean aboutWho(String claim) {
        return claim.equals("sub") || identity.contains(claim) || names.containsKey(claim);
    }

    /** The claims that say for good what this one says by a name that can change hands; null where it says no such thing. */
    @Nullable
    List<String> insteadOf(String claim) {
        return names.get(claim);
    }
}
