package dev.sallyport.policy;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.Predicate.Atom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one policy set, compiled: each text once, and none that the set before had already.
 *
 * <p>It holds those that are in use and no others.
 */
public final class Conditions {

    public static final Conditions NONE = new Conditions(Map.of());

    private final Map<String, Compiled> byText;

    private Conditions(Map<String, Compiled> byText) {
        this.byText = byText;
    }

    /**
     * Compiles the conditions of the policies. One with a mistake is told when its policy is compiled.
     *
     * @param before conditions of another set, taken over where they are the same
     */
    public static Conditions of(List<Policy> policies, Conditions before) {
        Map<Map.Entry<String, Comparison>, Atom> atoms = new ConcurrentHashMap<>();
        return new Conditions(policies.parallelStream()
                .flatMap(policy -> Stream.ofNullable(policy.when()))
                .distinct()
                .collect(Collectors.toConcurrentMap(text -> text, text -> before.compiled(text, atoms))));
    }

    /**
     * The claims that the conditions name: selected, indexed by a literal, or looked for with a literal {@code in}. One that
     * only turns up in a computed index or a loop over all claims is not among them.
     */
    public Set<String> claims() {
        Set<String> claims = new TreeSet<>();
        for (Compiled each : byText.values()) {
            if (each.condition != null) {
                claims.addAll(each.condition.claims());
            }
        }
        return claims;
    }

    /** The condition of that text; throws {@link Invalid} where it is none. */
    Condition get(String text) {
        return compiled(text, new HashMap<>()).get();
    }

    private Compiled compiled(String text, Map<Map.Entry<String, Comparison>, Atom> atoms) {
        Compiled known = byText.get(text);
        return known != null ? known : Compiled.of(text, atoms);
    }

    /** A condition or what is wrong with it: texts are compiled in parallel, complaints raised in the policies' order. */
    private record Compiled(
            @Nullable Condition condition, @Nullable Invalid problem) {

        static Compiled of(String text, Map<Map.Entry<String, Comparison>, Atom> atoms) {
            try {
                return new Compiled(Condition.of(text, atoms), null);
            } catch (Invalid e) {
                return new Compiled(null, e);
            }
        }

        Condition get() {
            if (condition == null) {
                throw problem == null ? new IllegalStateException("neither condition nor problem") : problem;
            }
            return condition;
        }
    }
}
