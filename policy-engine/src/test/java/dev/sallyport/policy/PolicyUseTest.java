package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Policies narrowed to what was used of them. */
class PolicyUseTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Agent BOT = agent("billing-bot", "billing");
    private static final Agent JOB = agent("billing-job", "billing");
    private static final Agent SALES = agent("sales-bot", "sales");
    private static final List<Agent> AGENTS = List.of(BOT, JOB, SALES);

    @Test
    void patterns_become_the_names_that_were_used() {
        PolicyUse use = new PolicyUse(policy(List.of(Selector.named("billing-*")), List.of("*"), List.of("docs:*")));
        use.add(BOT, "invoices", List.of("docs:read", "other"), NOW);

        assertThat(tightened(use))
                .isEqualTo(policy(List.of(Selector.named("billing-bot")), List.of("invoices"), List.of("docs:read")));
        assertThat(use.count()).isEqualTo(1);
        assertThat(use.last()).isEqualTo(NOW);
    }

    @Test
    void a_selector_that_everybody_used_stays() {
        Selector billing = Selector.labelled(Map.of("team", "billing"));
        PolicyUse use = new PolicyUse(policy(List.of(billing), List.of("invoices"), List.of("docs:read")));
        use.add(BOT, "invoices", List.of("docs:read"), NOW);
        use.add(JOB, "invoices", List.of("docs:read"), NOW);

        assertThat(tightened(use)).isEqualTo(use.policy());
    }

    @Test
    void a_selector_keeps_its_labels_beside_the_name_so_that_nobody_is_let_in_who_has_lost_them() {
        Selector billing = Selector.labelled(Map.of("team", "billing"));
        PolicyUse use = new PolicyUse(policy(List.of(billing), List.of("invoices"), List.of("docs:read")));
        use.add(agent("sales-bot", "billing"), "invoices", List.of("docs:read"), NOW);

        Policy narrow = tightened(use);
        assertThat(narrow.agents()).containsExactly(billing.narrowedTo("sales-bot"));
        assertThat(Policies.selects(narrow, SALES)).isFalse();
    }

    @Test
    void what_was_never_used_is_told_and_left_out() {
        PolicyUse use = new PolicyUse(policy(
                List.of(Selector.named("billing-bot"), Selector.named("sales-*")),
                List.of("invoices", "reports-*"),
                List.of("docs:read", "docs:write")));
        use.add(BOT, "invoices", List.of("docs:read"), NOW);

        assertThat(use.unusedAgents()).containsExactly(Selector.named("sales-*"));
        assertThat(use.unusedTargets()).containsExactly("reports-*");
        assertThat(use.unusedActions()).containsExactly("docs:write");
        assertThat(tightened(use))
                .isEqualTo(policy(List.of(Selector.named("billing-bot")), List.of("invoices"), List.of("docs:read")));
    }

    @Test
    void nothing_remains_of_a_policy_that_nobody_used_or_whose_users_are_gone() {
        PolicyUse use = new PolicyUse(policy(List.of(Selector.named("*")), List.of("invoices"), List.of("docs:read")));
        assertThat(use.tightened(AGENTS, _ -> true)).isNull();
        use.add(agent("gone", "billing"), "invoices", List.of("docs:read"), NOW);
        assertThat(use.tightened(AGENTS, _ -> true)).isNull();
        use.add(BOT, "invoices", List.of("docs:read"), NOW);
        assertThat(use.tightened(AGENTS, _ -> true)).isNotNull();
        assertThat(use.tightened(AGENTS, _ -> false)).isNull();
    }

    @Test
    void more_names_than_are_remembered_leave_the_pattern() {
        PolicyUse use = new PolicyUse(policy(List.of(Selector.named("a-*")), List.of("invoices"), List.of("tools/*")));
        List<Agent> many =
                IntStream.range(0, 600).mapToObj(i -> agent("a-" + i, "x")).toList();
        many.forEach(agent -> use.add(agent, "invoices", List.of("tools/" + agent.name()), NOW));

        List<Agent> others =
                Stream.concat(many.stream(), Stream.of(agent("a-x", "x"))).toList();
        assertThat(use.tightened(others, _ -> true)).isEqualTo(use.policy());
    }

    @Test
    void whatever_was_permitted_still_is_and_nothing_else_for_generated_policies() {
        int left = 0;
        GeneratedPolicies generated = new GeneratedPolicies(20_261_126L, 300);
        for (int i = 0; i < 300; i++) {
            List<Policy> policies = generated.policies();
            PolicySet set = compile(policies);
            List<Ask> asks = Stream.generate(generated::ask).limit(60).toList();
            Map<String, PolicyUse> uses = new HashMap<>();
            policies.forEach(policy -> uses.put(policy.name(), new PolicyUse(policy)));
            List<Ask> seen = asks.subList(0, 40);
            for (Ask ask : seen) {
                if (set.decide(ask) instanceof Permit permit) {
                    permit.policies()
                            .forEach(name -> Objects.requireNonNull(uses.get(name))
                                    .add(ask.agent(), ask.target().name(), permit.actions(), NOW));
                }
            }
            List<Policy> narrow = new ArrayList<>();
            for (Policy policy : policies) {
                Policy tightened = policy.effect() == Effect.DENY
                        ? policy
                        : Objects.requireNonNull(uses.get(policy.name()))
                                .tightened(GeneratedPolicies.AGENTS, _ -> true);
                if (tightened != null) {
                    narrow.add(tightened);
                }
            }
            PolicySet tight = compile(narrow);
            for (Ask ask : asks) {
                boolean before = set.decide(ask) instanceof Permit;
                boolean after = tight.decide(ask) instanceof Permit;
                assertThat(after)
                        .as(() -> ask + " by " + policies + " and " + narrow)
                        .matches(now -> before || !now);
                if (seen.contains(ask)) {
                    assertThat(after)
                            .as(() -> ask + " by " + policies + " and " + narrow)
                            .isEqualTo(before);
                    same(set, tight, ask);
                } else if (before && !after) {
                    left++;
                }
            }
        }
        assertThat(left).as("unused permissions that are gone").isGreaterThan(100);
    }

    private static void same(PolicySet set, PolicySet tight, Ask ask) {
        if (set.decide(ask) instanceof Permit was && tight.decide(ask) instanceof Permit is) {
            assertThat(is.actions()).isEqualTo(was.actions());
            assertThat(is.ttl()).isEqualTo(was.ttl());
            assertThat(is.proofs()).isEqualTo(was.proofs());
            assertThat(Set.copyOf(is.policies())).isEqualTo(Set.copyOf(was.policies()));
        }
    }

    private static PolicySet compile(List<Policy> policies) {
        return Policies.compile(
                policies,
                GeneratedPolicies.AGENTS,
                GeneratedPolicies.TARGETS,
                Conditions.of(policies, Conditions.NONE));
    }

    private static Policy tightened(PolicyUse use) {
        return Objects.requireNonNull(use.tightened(AGENTS, _ -> true));
    }

    private static Agent agent(String name, String team) {
        return TestAsks.agent(name, Agent.Kind.WORKLOAD, Map.of("team", team));
    }

    private static Policy policy(List<Selector> agents, List<String> targets, List<String> actions) {
        return new Policy(
                "p",
                "as it was",
                Effect.ALLOW,
                agents,
                targets,
                actions,
                "attestation.claims.ref == 'main'",
                new Grant(Duration.ofMinutes(2), null),
                null);
    }
}
