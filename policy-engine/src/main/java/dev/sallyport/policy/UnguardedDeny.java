package dev.sallyport.policy;

import dev.sallyport.policy.Absence.Scenario;
import dev.sallyport.policy.Predicate.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A deny that also applies to those of whom what it reads is not known. */
record UnguardedDeny() implements LintRule.OfConditions {

    @Override
    public String code() {
        return "unguarded-deny";
    }

    @Override
    public void check(Examined policy, Condition condition, Premises premises, Report.Of report) {
        if (policy.rule().allows()) {
            return;
        }
        Set<Path> read = new LinkedHashSet<>();
        Alternatives.atoms(condition.apart()).forEach(atom -> read.addAll(atom.reads()));
        for (Path path : read) {
            reason(path, condition, policy, premises)
                    .ifPresent(reason -> Alternatives.atoms(condition.apart()).stream()
                            .filter(atom -> atom.reads().contains(path))
                            .findFirst()
                            .ifPresent(atom -> report.condition(policy.policy(), atom, reason)));
        }
    }

    private static Optional<String> reason(Path path, Condition condition, Examined policy, Premises premises) {
        if (path.key() == null) {
            return Optional.empty();
        }
        return switch (path.word()) {
            case Vocabulary.CLAIMS -> claim(path, condition, policy, premises);
            case "posture" -> fails(path, condition, "of agents that nobody has said it of");
            case "context" -> fails(path, condition, "in a request for a token, which has no context");
            case "agent.labels" ->
                premises.agents(policy.rule()).agents().stream()
                                .anyMatch(agent -> !agent.labels().containsKey(path.key()))
                        ? fails(path, condition, "of some agents that the policy selects")
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<String> fails(Path path, Condition condition, String whose) {
        return Absence.canFail(condition.apart(), new Scenario(path, null, null))
                ? Optional.of(
                        path + " is absent " + whose + ", and a deny whose condition can't be evaluated applies: write"
                                + " has(" + path + ") && before it.")
                : Optional.empty();
    }

    /** Platforms that lack the claim, though others have it. */
    private static Optional<String> claim(Path path, Condition condition, Examined policy, Premises premises) {
        String claim = String.valueOf(path.key());
        Set<String> having = new TreeSet<>();
        Set<String> failing = new TreeSet<>();
        scenarios(path, policy, premises).forEach(each -> {
            if (each.platform().sends(claim)) {
                if (each.platform().lists(claim)) {
                    having.add(each.platform().type());
                }
            } else if (Absence.canFail(condition.apart(), each.scenario())) {
                failing.add(each.platform().type());
            }
        });
        premises.platforms().types().stream()
                .flatMap(type -> premises.platforms().ofType(type).stream())
                .filter(platform -> having.isEmpty() && platform.lists(claim))
                .map(Platform::type)
                .findFirst()
                .ifPresent(having::add);
        return failing.isEmpty() || having.isEmpty()
                ? Optional.empty()
                : Optional.of("The evidence of " + Report.some(failing) + " has no claim " + claim
                        + ", and a deny whose condition can't be evaluated applies: begin it with attestation.type == \""
                        + having.iterator().next() + "\" &&, or with has(" + path + ") &&.");
    }

    /** A platform of those that the policy may meet. */
    private record Met(Platform platform, Scenario scenario) {}

    /** Those of the trust providers of the agents that it names, or of all types where agents to come are selected too. */
    private static Stream<Met> scenarios(Path path, Examined policy, Premises premises) {
        Stream<Met> bound = premises.providers(premises.agents(policy.rule()).providers())
                .map(provider ->
                        new Met(premises.platform(provider), new Scenario(path, provider.type(), provider.name())));
        boolean closed = policy.rule().agents().stream()
                .allMatch(who -> who.name() != null && who.name().exact());
        return closed ? bound : Stream.concat(bound, ofAllTypes(path, premises));
    }

    /** Each type as some trust provider that there is not yet. */
    private static Stream<Met> ofAllTypes(Path path, Premises premises) {
        List<Platform> all = premises.platforms().types().stream()
                .flatMap(type -> premises.platforms().ofType(type).stream())
                .toList();
        return all.stream().map(platform -> new Met(platform, new Scenario(path, platform.type(), "")));
    }
}
