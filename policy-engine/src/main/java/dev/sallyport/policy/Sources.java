package dev.sallyport.policy;

import dev.sallyport.core.attest.TrustProvider;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The platforms that could vouch for those whom a policy selects, where some literals hold.
 *
 * @param each none where it can't be told
 */
record Sources(List<Source> each) {

    private static final String TYPE = "attestation.type";
    private static final String PROVIDER = "attestation.provider";

    /**
     * One of them.
     *
     * @param provider the trust provider; null for all of the type
     */
    record Source(@Nullable TrustProvider provider, Platform platform) {}

    /** Those of the trust providers that the policy's agents are bound to, or else of the types that the literals name. */
    static Sources of(Rule rule, List<Literal> literals, Premises premises) {
        Selection.Selected selected = premises.agents(rule);
        if (!selected.counted()) {
            return new Sources(List.of());
        }
        List<Source> bound = premises.providers(selected.providers())
                .filter(provider -> literals.stream()
                        .allMatch(literal ->
                                literal.admits(TYPE, provider.type()) && literal.admits(PROVIDER, provider.name())))
                .map(provider -> new Source(provider, premises.platform(provider)))
                .toList();
        return new Sources(bound.isEmpty() ? ofTypes(literals, premises) : bound);
    }

    private static List<Source> ofTypes(List<Literal> literals, Premises premises) {
        Set<String> types = literals.stream()
                .flatMap(literal -> literal.pins(TYPE, null).stream())
                .flatMap(Set::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        return types.stream()
                .flatMap(type -> premises.platforms().ofType(type).stream())
                .map(platform -> new Source(null, platform))
                .toList();
    }

    Stream<Platform> platforms() {
        return each.stream().map(Source::platform);
    }

    /** Whether none of them, of which there must be some, sends the claim. */
    boolean noneSends(String claim) {
        return !each.isEmpty() && platforms().noneMatch(platform -> platform.sends(claim));
    }

    /** Whether the claim is a list for all of them that know it, or for none; null where they differ or nobody knows. */
    @Nullable
    Boolean list(String claim) {
        Set<Boolean> shapes =
                platforms().flatMap(platform -> platform.list(claim).stream()).collect(Collectors.toSet());
        boolean sure = platforms().allMatch(platform -> platform.lists(claim) || !platform.sends(claim));
        return (sure && shapes.size() == 1)
                ? Objects.requireNonNull(shapes.iterator().next())
                : null;
    }

    /** Their types, for a sentence. */
    String types() {
        return Report.some(platforms().map(Platform::type).distinct().sorted().toList());
    }
}
