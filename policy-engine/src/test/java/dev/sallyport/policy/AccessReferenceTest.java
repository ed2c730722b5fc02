package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The rows of who could reach what agree with what is decided, for generated policies and questions.
 *
 * <p>{@code -Dsallyport.policy.sets=N} has more policy sets, {@code -Dsallyport.policy.seed=N} others.
 */
class AccessReferenceTest {

    private static final int SETS = Integer.getInteger("sallyport.policy.sets", 1_500);
    private static final long SEED = Long.getLong("sallyport.policy.seed", 20_261_125L);
    private static final int ASKS = 40;
    private static final int CONDITIONS = 300;

    private int always;
    private int absent;
    private int conditional;

    @Test
    void no_row_means_refused_and_always_means_permitted() {
        GeneratedPolicies generated = new GeneratedPolicies(SEED, CONDITIONS);
        Conditions compiled = Conditions.of(
                generated.meanings.keySet().stream()
                        .map(AccessReferenceTest::withCondition)
                        .toList(),
                Conditions.NONE);
        for (int i = 0; i < SETS; i++) {
            List<Policy> policies = generated.policies();
            PolicySet set = compile(policies, compiled);
            for (int j = 0; j < ASKS; j++) {
                Ask ask = generated.ask();
                Supplier<String> where = () -> "seed " + SEED + ": " + ask + " by " + policies;
                for (String action : ask.actions()) {
                    compare(set, one(ask, action), where);
                }
            }
        }
        assertThat(List.of(always, absent, conditional))
                .as("always, absent and conditional, so that each is compared")
                .allMatch(count -> count > SETS);
    }

    @Test
    void without_conditions_the_rows_are_the_decisions() {
        GeneratedPolicies generated = new GeneratedPolicies(SEED + 1, CONDITIONS);
        for (int i = 0; i < SETS / 20; i++) {
            List<Policy> policies = generated.policies().stream()
                    .map(AccessReferenceTest::unconditional)
                    .toList();
            PolicySet set = compile(policies, Conditions.NONE);
            for (Agent agent : GeneratedPolicies.AGENTS) {
                for (int j = 0; j < GeneratedPolicies.TARGETS.size(); j++) {
                    Ask ask = TestAsks.ask(agent, GeneratedPolicies.TARGETS.get(j), List.of());
                    for (String action : GeneratedPolicies.ACTIONS) {
                        List<Access> rows = asked(set, ask, action);
                        assertThat(rows.size() == 1)
                                .as(() -> agent + " " + ask.target() + " " + action + " by " + policies)
                                .isEqualTo(set.decide(one(ask, action)) instanceof Permit);
                        assertThat(rows).allMatch(Access::always);
                        compare(set, one(ask, action), () -> ask + " by " + policies);
                    }
                }
            }
        }
    }

    private void compare(PolicySet set, Ask ask, Supplier<String> where) {
        String action = ask.actions().getFirst();
        Reach reach = new Reach(set, ask.agent(), ask.target(), new AccessPage.Work());
        List<Access> rows = reach.actions(null).stream()
                .flatMap(each -> reach.of(each).stream())
                .filter(row -> !action.contains("*") && Glob.of(row.action()).matches(action))
                .toList();
        boolean known = !action.contains("*") && set.knows(ask.target(), action);
        List<Access> found = known ? rows : List.of();
        List<Access> asked = action.contains("*") ? List.of() : asked(set, ask, action);
        if (ask.agent().kind() == Agent.Kind.HUMAN && !ask.target().builtIn()) {
            assertThat(asked).as("people are let in nowhere else").isEmpty();
            assertThat(found).isEmpty();
        } else if (set.decide(ask) instanceof Permit permit) {
            assertThat(found).as(where).isNotEmpty();
            assertThat(asked).as(where).hasSize(1);
            checkConstraints(asked.getFirst(), permit, where);
        } else {
            assertThat(found).as(where).noneMatch(Access::always);
            assertThat(asked).as(where).noneMatch(Access::always);
        }
        count(asked);
    }

    private static void checkConstraints(Access row, Permit permit, Supplier<String> where) {
        assertThat(permit.ttl()).as(where).isLessThanOrEqualTo(row.constraints().ttl());
        assertThat(permit.proofs()).as(where).containsAll(row.constraints().proofs());
        assertThat(permit.policies()).as(where).containsAll(row.constraints().policies());
        assertThat(row.allow()).as(where).extracting(Access.Via::policy).containsAll(permit.policies());
        if (row.allow().size() == row.constraints().policies().size()) {
            assertThat(permit.ttl()).as(where).isEqualTo(row.constraints().ttl());
            assertThat(permit.proofs()).as(where).isEqualTo(row.constraints().proofs());
        }
    }

    private void count(List<Access> rows) {
        if (rows.isEmpty()) {
            absent++;
        } else if (rows.getFirst().always()) {
            always++;
        } else {
            conditional++;
        }
    }

    private static List<Access> asked(PolicySet set, Ask ask, String action) {
        return new Reach(set, ask.agent(), ask.target(), new AccessPage.Work())
                .of(action).stream().toList();
    }

    private static Ask one(Ask ask, String action) {
        return TestAsks.ask(ask.agent(), ask.proof(), ask.target(), List.of(action));
    }

    private static PolicySet compile(List<Policy> policies, Conditions compiled) {
        return Policies.compile(
                policies, GeneratedPolicies.AGENTS, GeneratedPolicies.TARGETS, Conditions.of(policies, compiled));
    }

    private static Policy withCondition(String when) {
        return new Policy(
                "c",
                null,
                Policy.Effect.DENY,
                List.of(Policy.Selector.named("*")),
                List.of("*"),
                List.of("*"),
                when,
                Policy.Grant.UNRESTRICTED,
                null);
    }

    private static Policy unconditional(Policy policy) {
        return new Policy(
                policy.name(),
                null,
                policy.effect(),
                policy.agents(),
                policy.targets(),
                policy.actions(),
                null,
                policy.grant(),
                null);
    }
}
