package dev.sallyport.policy;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * An organisation of teams, each with agents, a target and ten policies: by name, pattern and label, for its own target and
 * for all.
 *
 * <p>Whatever the number of policies, about the same number is about one request: five allows and a deny.
 */
final class BenchedOrganisation {

    private static final List<Agent.Kind> KINDS = List.of(Agent.Kind.values());

    static final int AGENTS = 100_000;
    static final int TARGETS = 1_000;
    private static final int PER_TEAM = 10;

    /** How many agents of each team have a policy of their own. */
    private static final int NAMED = 6;

    private static final List<String> ACTIONS = List.of("docs:read", "docs:write", "docs:admin", "tools/call:*");

    final List<Policy> policies = new ArrayList<>();
    final List<Agent> agents = new ArrayList<>();
    final List<Target> targets = new ArrayList<>();
    private final int teams;
    private final int conditions;

    /**
     * Founds it.
     *
     * @param policies how many there are, a multiple of ten
     * @param conditions how many conditions are evaluated for one request, up to 4
     */
    BenchedOrganisation(int policies, int conditions) {
        this.teams = policies / PER_TEAM;
        this.conditions = conditions;
        for (int i = 0; i < TARGETS; i++) {
            targets.add(TestAsks.target("target-" + i, ACTIONS, List.of("docs:read")));
        }
        for (int i = 0; i < AGENTS; i++) {
            agents.add(agent(i % teams, i / teams));
        }
        for (int team = 0; team < teams; team++) {
            addPolicies(team);
        }
    }

    private static Agent agent(int team, int number) {
        return TestAsks.agent(
                "team-" + team + "-" + number,
                KINDS.get(number % KINDS.size()),
                Map.of("team", "t" + team, "stage", number % 2 == 0 ? "prod" : "test"));
    }

    private void addPolicies(int team) {
        String target = "target-" + team % TARGETS;
        for (int i = 0; i < NAMED; i++) {
            policies.add(allow(team, i, Selector.named("team-" + team + "-" + i), target, "docs:*", null));
        }
        Selector byLabel = Selector.labelled(Map.of("team", "t" + team));
        Selector byPattern = Selector.named("team-" + team + "-*");
        policies.add(allow(team, 6, byLabel, target, "docs:read", condition(team, 0)));
        policies.add(allow(team, 7, byPattern, target, "*", condition(team, 1)));
        policies.add(allow(team, 8, byLabel, "*", "docs:read", condition(team, 2)));
        policies.add(new Policy(
                "p-" + team + "-9",
                null,
                Effect.DENY,
                List.of(byLabel),
                List.of("*"),
                List.of(conditions == 4 ? "docs:*" : "docs:admin"),
                condition(team, 3),
                Grant.UNRESTRICTED,
                null));
    }

    private static Policy allow(
            int team, int number, Selector agents, String target, String actions, @Nullable String when) {
        return new Policy(
                "p-" + team + "-" + number,
                null,
                Effect.ALLOW,
                List.of(agents),
                List.of(target),
                List.of(actions),
                when,
                Grant.UNRESTRICTED,
                null);
    }

    /** Every text is another one, so that none is compiled for two. */
    private @Nullable String condition(int team, int number) {
        if (number >= conditions) {
            return null;
        }
        return number == 3
                ? "attestation.claims.ref == 'refs/heads/evil-" + team + "'"
                : "attestation.type == 'github-actions' && attestation.claims.ref == 'refs/heads/main'"
                        + " && attestation.claims.repository != 'no-" + number + "-" + team + "'"
                        + " && attestation.age < duration('10m')";
    }

    /**
     * Questions that are permitted, of random agents to their own team's target. None is of an agent that a policy names, so
     * that at every size the same number of rules is considered.
     */
    Ask[] asks(int count) {
        Attestation proof = TestAsks.proof(Claims.of(Map.of(
                "ref", new Claims.One("refs/heads/main"),
                "repository", new Claims.One("acme/tools"),
                "repository_id", new Claims.One("1001"))));
        Random random = new Random(7);
        Ask[] asks = new Ask[count];
        for (int i = 0; i < count; i++) {
            int team = random.nextInt(teams);
            Agent agent = agent(team, NAMED + random.nextInt(AGENTS / teams - NAMED));
            asks[i] = TestAsks.ask(agent, proof, targets.get(team % TARGETS), List.of("docs:read"));
        }
        return asks;
    }

    PolicySet compile() {
        return Policies.compile(policies, agents, targets, Conditions.of(policies, Conditions.NONE));
    }
}
