package dev.sallyport.policy;

import dev.sallyport.policy.Predicate.All;
import dev.sallyport.policy.Predicate.Any;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Not;
import java.util.ArrayList;
import java.util.List;

/**
 * The ways in which a condition can hold: each one some literals that hold together.
 *
 * @param each at most {@value #MAX}
 * @param complete whether these are all; otherwise nothing is concluded from them
 */
record Alternatives(List<List<Literal>> each, boolean complete) {

    static final int MAX = 64;

    /** The ways in which a predicate holds, or does not hold. */
    static Alternatives of(Predicate predicate, boolean holds) {
        List<List<Literal>> each = ways(predicate, holds);
        return each.size() > MAX ? new Alternatives(List.of(), false) : new Alternatives(each, true);
    }

    private static List<List<Literal>> ways(Predicate predicate, boolean holds) {
        return switch (predicate) {
            case All(var parts) -> holds ? product(parts, true) : sum(parts, false);
            case Any(var parts) -> holds ? sum(parts, true) : product(parts, false);
            case Not(var part) -> ways(part, !holds);
            case Atom atom -> List.of(List.of(new Literal(atom, holds)));
        };
    }

    private static List<List<Literal>> sum(List<Predicate> parts, boolean holds) {
        return parts.stream()
                .flatMap(part -> ways(part, holds).stream())
                .limit(MAX + 1L)
                .toList();
    }

    private static List<List<Literal>> product(List<Predicate> parts, boolean holds) {
        List<List<Literal>> joined = List.of(List.of());
        for (Predicate part : parts) {
            List<List<Literal>> more = new ArrayList<>();
            for (List<Literal> other : ways(part, holds)) {
                for (List<Literal> one : joined) {
                    if (more.size() > MAX) {
                        return more;
                    }
                    List<Literal> both = new ArrayList<>(one);
                    both.addAll(other);
                    more.add(both);
                }
            }
            joined = more;
        }
        return joined;
    }

    /** All atoms of a predicate, from left to right. */
    static List<Atom> atoms(Predicate predicate) {
        return switch (predicate) {
            case All(var parts) -> atoms(parts);
            case Any(var parts) -> atoms(parts);
            case Not(var part) -> atoms(part);
            case Atom atom -> List.of(atom);
        };
    }

    private static List<Atom> atoms(List<Predicate> parts) {
        return parts.stream().flatMap(part -> atoms(part).stream()).toList();
    }
}
