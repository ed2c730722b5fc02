package dev.sallyport.policy;

import dev.sallyport.core.Named;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.Predicate.Atom;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A condition that compares with a type, a trust provider or another word that does not exist. */
record UnknownName() implements LintRule.Whole {

    private static final Map<String, String> WORDS = Map.of(
            "attestation.type", "trust provider type",
            "attestation.provider", "trust provider",
            "agent.name", "agent",
            "agent.kind", "kind of agent",
            "target.name", "target",
            "target.kind", "kind of target",
            "request.proof", "proof");

    @Override
    public String code() {
        return "unknown-name";
    }

    @Override
    public void check(Premises premises, Report.Of report) {
        Map<String, Set<String>> known = known(premises);
        for (Examined each : premises.policies()) {
            if (report.ends(premises)) {
                return;
            }
            Condition condition = each.rule().condition();
            if (condition != null) {
                Alternatives.atoms(condition.apart()).forEach(atom -> check(each, atom, known, report));
            }
        }
    }

    private static void check(Examined policy, Atom atom, Map<String, Set<String>> known, Report.Of report) {
        Comparison comparison = atom.comparison();
        Set<String> names = comparison == null || comparison.path().key() != null
                ? null
                : known.get(comparison.path().word());
        if (comparison == null || names == null) {
            return;
        }
        String word = comparison.path().word();
        compared(comparison)
                .filter(value -> !names.contains(value))
                .forEach(value -> report.condition(
                        policy.policy(),
                        atom,
                        "There is no " + WORDS.get(word) + " " + value + ", which " + word + " is compared with: "
                                + suggestion(value, names)));
    }

    private static Stream<String> compared(Comparison comparison) {
        return switch (comparison.operator()) {
            case EQUAL, DIFFERENT -> comparison.literal() instanceof String text ? Stream.of(text) : Stream.empty();
            case AMONG ->
                comparison.literal() instanceof List<?> list ? list.stream().map(String::valueOf) : Stream.empty();
            default -> Stream.empty();
        };
    }

    private static String suggestion(String value, Set<String> names) {
        return names.stream()
                .filter(name -> name.startsWith(value) || value.startsWith(name) || near(name, value))
                .findFirst()
                .map(name -> "write " + name + " if that is meant.")
                .orElseGet(() -> names.isEmpty() || names.size() > 24
                        ? "correct the name."
                        : "it is one of " + String.join(", ", names) + ".");
    }

    /** Whether one is the other but for case and what is between the words. */
    private static boolean near(String one, String other) {
        return plain(one).equals(plain(other));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static Map<String, Set<String>> known(Premises premises) {
        return Map.of(
                "attestation.type", new TreeSet<>(premises.platforms().types()),
                "attestation.provider", names(premises.configuration().trustProviders()),
                "agent.name", names(premises.configuration().agents()),
                "agent.kind", texts(Agent.Kind.values()),
                "target.name", names(premises.targets()),
                "target.kind", texts(Target.Kind.values()),
                "request.proof", Set.of("none", "dpop", "mtls", "dpop+mtls"));
    }

    private static Set<String> names(Collection<? extends Named> documents) {
        return documents.stream().map(Named::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> texts(Object[] words) {
        return Arrays.stream(words).map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
    }
}
