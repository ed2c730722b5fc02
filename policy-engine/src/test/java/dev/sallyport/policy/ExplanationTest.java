package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.policy.Explanation.Change;
import dev.sallyport.policy.Explanation.Part;
import dev.sallyport.policy.Explanation.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationTest {

    private static final Agent BOT = TestAsks.agent("billing-bot", Agent.Kind.WORKLOAD, Map.of("team", "billing"));
    private static final Target DOCS =
            TestAsks.target("docs", List.of("docs:read", "docs:write"), List.of("docs:read", "docs:write"));
    private static final Claims ON_A_BRANCH =
            Claims.of(Map.of("ref", new Claims.One("refs/heads/topic"), "actor", new Claims.One("ann")));
    private static final String MAIN = "attestation.claims.ref == \"refs/heads/main\"";

    @Test
    void the_one_claim_that_would_have_passed_is_told() {
        Explanation explained = explain(allow("a", "billing-bot", "docs:read", MAIN));

        assertThat(explained.permitted()).isFalse();
        assertThat(explained.counterfactual()).containsExactly(new Change("a", Part.CONDITION, MAIN));
        assertThat(explained.trace()).singleElement().satisfies(step -> {
            assertThat(step.matched()).isFalse();
            assertThat(step.part()).isEqualTo(Part.CONDITION);
            assertThat(step.reason()).isEqualTo("the condition is false: " + MAIN + " is false");
            assertThat(step.values()).isEqualTo(Map.of("attestation.claims.ref", "refs/heads/topic"));
        });
    }

    @Test
    void of_several_parts_those_that_fail_are_told_and_no_others() {
        Explanation explained = explain(allow(
                "a",
                "billing-bot",
                "docs:read",
                "attestation.type == 'github-actions' && " + MAIN + " && attestation.claims.actor != 'ann'"
                        + " && attestation.age < duration('1h')"));

        assertThat(predicates(explained)).containsExactly(MAIN, "attestation.claims.actor != \"ann\"");
    }

    @Test
    void of_two_ways_the_smaller_is_told() {
        Explanation explained = explain(
                allow("a", "billing-bot", "docs:read", MAIN + " && attestation.claims.actor == 'bob'"),
                allow("b", "billing-bot", "docs:read", "attestation.claims.actor == 'carl'"));

        assertThat(explained.counterfactual())
                .containsExactly(new Change("b", Part.CONDITION, "attestation.claims.actor == \"carl\""));
    }

    @Test
    void what_denies_has_to_be_undone_as_well() {
        Explanation explained = explain(
                allow("a", "billing-bot", "docs:read", MAIN),
                deny("d", "billing-*", "docs:read", "attestation.claims.actor == 'ann'"));

        assertThat(explained.counterfactual())
                .containsExactlyInAnyOrder(
                        new Change("a", Part.CONDITION, MAIN),
                        new Change("d", Part.CONDITION, "attestation.claims.actor != \"ann\""));
    }

    @Test
    void a_change_that_another_policy_forbids_is_not_told() {
        Explanation explained = explain(
                allow("a", "billing-bot", "docs:read", MAIN),
                deny("d", "billing-bot", "docs:read", MAIN),
                allow(
                        "b",
                        "billing-bot",
                        "docs:read",
                        "attestation.claims.actor == 'bob' && attestation.type == 'gitlab-ci'"));

        assertThat(explained.counterfactual()).extracting(Change::policy).containsOnly("b");
        assertThat(explained.counterfactual()).hasSize(2);
    }

    @Test
    void a_deny_that_can_not_be_evaluated_says_why_and_what_would_help() {
        Explanation explained = explain(
                allow("a", "billing-bot", "docs:read", null),
                deny("d", "billing-bot", "docs:read", "attestation.claims.environment == 'prod'"));

        assertThat(explained.permitted()).isFalse();
        Step deny = step(explained, "d");
        assertThat(deny.matched()).isTrue();
        assertThat(deny.reason()).isEqualTo("the condition could not be evaluated, and a deny applies then");
        assertThat(deny.failed())
                .isEqualTo("attestation.claims.environment == \"prod\": attestation.claims.environment is absent");
        assertThat(predicates(explained)).containsExactly("attestation.claims.environment != \"prod\"");
    }

    @Test
    void a_permit_tells_what_would_have_refused_it() {
        Explanation explained = explain(
                allow("a", "billing-bot", "docs:read", "attestation.claims.ref.startsWith('refs/heads/')"),
                deny("d", "billing-bot", "docs:*", "attestation.claims.actor == 'mallory'"));

        assertThat(explained.permitted()).isTrue();
        assertThat(explained.actions()).containsExactly("docs:read");
        assertThat(explained.counterfactual())
                .singleElement()
                .satisfies(change -> assertThat(change.part()).isEqualTo(Part.CONDITION));
        assertThat(step(explained, "a").matched()).isTrue();
        assertThat(step(explained, "d").part()).isEqualTo(Part.CONDITION);
    }

    @Test
    void labels_kinds_and_names_of_agents_are_told() {
        Policy byLabel =
                policy("l", Effect.ALLOW, Selector.labelled(Map.of("team", "sales")), "docs", "docs:read", null);
        Policy byKind = policy(
                "k", Effect.ALLOW, new Selector(null, Agent.Kind.SUB_AGENT, Map.of()), "docs", "docs:read", null);

        assertThat(predicates(explain(byLabel))).containsExactly("agent.labels.team == \"sales\"");
        assertThat(step(explain(byLabel), "l").part()).isEqualTo(Part.AGENT);
        assertThat(predicates(explain(byKind))).containsExactly("agent.kind == \"sub-agent\"");
        assertThat(predicates(explain(allow("a", "sales-bot", "docs:read", null))))
                .containsExactly("agent.name == \"sales-bot\"");
        assertThat(predicates(explain(allow("a", "sales-*", "docs:read", null))))
                .containsExactly("the agent's name matches sales-*");
    }

    @Test
    void actions_and_targets_are_told() {
        Policy elsewhere = policy("t", Effect.ALLOW, Selector.named("billing-bot"), "ledger", "docs:read", null);

        assertThat(predicates(explain(allow("a", "billing-bot", "docs:write", null))))
                .containsExactly("the policy covers the action docs:read");
        assertThat(predicates(explain(elsewhere))).containsExactly("the policy names the target docs");
        assertThat(step(explain(elsewhere), "t").part()).isEqualTo(Part.TARGET);
    }

    @Test
    void all_actions_count_when_they_are_asked_for_and_one_where_none_is() {
        Policy read = allow("r", "billing-bot", "docs:read", null);
        Policy write = allow("w", "billing-bot", "docs:write", MAIN);

        assertThat(predicates(explain(question(List.of("docs:read", "docs:write")), read, write)))
                .containsExactly(MAIN);
        Explanation byDefault = explain(question(List.of()), read, write);
        assertThat(byDefault.permitted()).isTrue();
        assertThat(byDefault.actions()).containsExactly("docs:read");
        assertThat(step(byDefault, "r").actions()).containsExactly("docs:read");
    }

    @Test
    void where_nothing_helps_none_is_found() {
        assertThat(explain().counterfactual()).isEmpty();
        assertThat(explain().exhausted()).isTrue();
        assertThat(explain(question(List.of("docs:erase")), allow("a", "billing-bot", "*", null))
                        .counterfactual())
                .isEmpty();
        String five = String.join(
                " && ",
                IntStream.range(0, 5)
                        .mapToObj(i -> "attestation.claims.c" + i + " == 'x'")
                        .toList());
        assertThat(explain(allow("a", "billing-bot", "docs:read", five)).counterfactual())
                .isEmpty();
    }

    @Test
    void what_cel_alone_evaluates_is_told_too() {
        Explanation explained = explain(allow(
                "a",
                "billing-bot",
                "docs:read",
                "attestation.claims.actor.matches('^b.*') && size(attestation.claims.ref) > 3"));

        assertThat(predicates(explained)).containsExactly("attestation.claims.actor.matches(\"^b.*\")");
    }

    @Test
    void a_fact_that_has_expired_is_named_as_what_kept_a_policy_from_applying() {
        Posture silent = new Posture(Map.of(), Map.of("risk", Posture.Fault.EXPIRED), false);
        Question asked = question(List.of()).inPosture(silent);

        Explanation explained =
                explain(asked, allow("a", "billing-bot", "docs:read", "!has(posture.risk) || posture.risk < 40"));

        assertThat(explained.permitted()).isFalse();
        assertThat(step(explained, "a").failed()).isEqualTo("posture.risk has expired");
        assertThat(explain(
                                asked.inPosture(Posture.OUTDATED),
                                allow("a", "billing-bot", "docs:read", "posture.risk < 40"))
                        .permitted())
                .isFalse();
    }

    @Test
    void without_an_attestation_conditions_about_it_can_not_be_evaluated() {
        Question bare = new Question(
                BOT,
                null,
                DOCS,
                List.of("docs:read"),
                question(List.of()).request(),
                Map.of("path", "/x"),
                new Posture(Map.of("risk", 10L), Map.of(), false));

        Explanation explained = explain(bare, allow("a", "billing-bot", "docs:read", MAIN));
        assertThat(explained.permitted()).isFalse();
        assertThat(step(explained, "a").failed()).endsWith("attestation.claims.ref is absent");
        assertThat(explain(bare, allow("a", "billing-bot", "docs:read", "context.path == '/x' && posture.risk < 40"))
                        .permitted())
                .isTrue();
        assertThat(predicates(explain(bare, allow("a", "billing-bot", "docs:read", "posture.risk < 5"))))
                .containsExactly("posture.risk < 5");
    }

    @Test
    void constraints_are_those_of_the_decision() {
        Policy brief = new Policy(
                "b",
                null,
                Effect.ALLOW,
                List.of(Selector.named("billing-bot")),
                List.of("docs"),
                List.of("docs:read"),
                null,
                new Grant(Duration.ofMinutes(2), null),
                null);

        Constraints constraints = Objects.requireNonNull(explain(brief).constraints());
        assertThat(constraints.ttl()).isEqualTo(Duration.ofMinutes(2));
        assertThat(constraints.policies()).containsExactly("b");
    }

    @Test
    void ten_thousand_policies_are_explained_within_the_bounds() {
        Policy[] many = IntStream.range(0, 10_000)
                .mapToObj(i -> allow("a" + i, "agent-" + i, "docs:read", null))
                .toArray(Policy[]::new);

        Explanation explained = explain(many);
        assertThat(explained.trace()).hasSize(Explanation.MAX_STEPS);
        assertThat(explained.left()).isEqualTo(10_000 - Explanation.MAX_STEPS);
        assertThat(explained.counterfactual()).hasSize(1);
    }

    private static List<String> predicates(Explanation explained) {
        return explained.counterfactual().stream().map(Change::predicate).toList();
    }

    private static Step step(Explanation explained, String policy) {
        return explained.trace().stream()
                .filter(step -> step.policy().equals(policy))
                .findFirst()
                .orElseThrow();
    }

    private static Question question(List<String> actions) {
        return Question.of(TestAsks.ask(BOT, TestAsks.proof(ON_A_BRANCH), DOCS, actions));
    }

    private static Explanation explain(Policy... policies) {
        return explain(question(List.of("docs:read")), policies);
    }

    private static Explanation explain(Question question, Policy... policies) {
        List<Policy> list = List.of(policies);
        Target ledger = TestAsks.target("ledger", List.of("docs:read"), List.of());
        List<Agent> agents = list.stream()
                .flatMap(policy -> policy.agents().stream())
                .filter(who -> who.name() != null && !who.name().contains("*"))
                .map(who -> TestAsks.agent(String.valueOf(who.name()), Agent.Kind.WORKLOAD, Map.of()))
                .toList();
        return Policies.compile(list, agents, List.of(DOCS, ledger), Conditions.of(list, Conditions.NONE))
                .explain(question);
    }

    private static Policy allow(String name, String agent, String action, @Nullable String when) {
        return policy(name, Effect.ALLOW, Selector.named(agent), "docs", action, when);
    }

    private static Policy deny(String name, String agent, String action, @Nullable String when) {
        return policy(name, Effect.DENY, Selector.named(agent), "docs", action, when);
    }

    private static Policy policy(
            String name, Effect effect, Selector agents, String target, String action, @Nullable String when) {
        return new Policy(
                name, null, effect, List.of(agents), List.of(target), List.of(action), when, Grant.UNRESTRICTED, null);
    }
}
