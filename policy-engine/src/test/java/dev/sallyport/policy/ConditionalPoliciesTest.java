package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConditionalPoliciesTest {

    private static final Agent BOT = TestAsks.agent("invoice-bot", Agent.Kind.WORKLOAD, Map.of());
    private static final Target INVOICES = TestAsks.target(
            "invoices",
            List.of("invoices:read", "invoices:write", "tools/call:*"),
            List.of("invoices:read", "invoices:write"));
    private static final Attestation MAIN =
            TestAsks.proof("github-actions", Claims.of(Map.of("ref", new Claims.One("refs/heads/main"))));
    private static final Attestation BRANCH =
            TestAsks.proof("github-actions", Claims.of(Map.of("ref", new Claims.One("refs/heads/try"))));
    private static final Attestation CLUSTER = TestAsks.proof("kubernetes", Claims.NONE);
    private static final String ON_MAIN = "attestation.claims.ref == 'refs/heads/main'";
    private static final String OFF_MAIN = "attestation.claims.ref != 'refs/heads/main'";

    @Test
    void an_allow_permits_only_where_its_condition_holds() {
        Policy allow = allow("a", "invoices:read", ON_MAIN);

        assertThat(decide(MAIN, List.of("invoices:read"), allow)).isInstanceOf(Permit.class);
        assertThat(part(decide(BRANCH, List.of("invoices:read"), allow))).isEqualTo(Deny.Part.TARGET);
    }

    @Test
    void an_allow_whose_condition_fails_to_evaluate_permits_nothing() {
        assertThat(part(decide(CLUSTER, List.of("invoices:read"), allow("a", "*", ON_MAIN))))
                .isEqualTo(Deny.Part.TARGET);
    }

    @Test
    void a_deny_whose_condition_fails_to_evaluate_denies() {
        Policy allow = allow("a", "*", null);
        Policy deny = deny("d", "invoices:write", OFF_MAIN);

        assertThat(decide(MAIN, List.of("invoices:write"), allow, deny)).isInstanceOf(Permit.class);
        for (Attestation other : List.of(BRANCH, CLUSTER)) {
            assertThat(decide(other, List.of("invoices:write"), allow, deny))
                    .isInstanceOfSatisfying(Deny.class, denied -> {
                        assertThat(denied.part()).isEqualTo(Deny.Part.ACTION);
                        assertThat(denied.policies()).containsExactly("d");
                    });
        }
    }

    @Test
    void a_guarded_deny_leaves_other_platforms_alone() {
        Policy allow = allow("a", "*", "attestation.type in ['github-actions', 'kubernetes']");
        Policy deny = deny("d", "*", "attestation.type == 'github-actions' && " + OFF_MAIN);

        assertThat(decide(MAIN, List.of("invoices:write"), allow, deny)).isInstanceOf(Permit.class);
        assertThat(decide(CLUSTER, List.of("invoices:write"), allow, deny)).isInstanceOf(Permit.class);
        assertThat(part(decide(BRANCH, List.of("invoices:write"), allow, deny))).isEqualTo(Deny.Part.TARGET);
    }

    @Test
    void a_deny_whose_condition_is_false_is_not_named_among_those_that_decided() {
        Policy deny = deny("d", "*", OFF_MAIN);

        assertThat(((Deny) decide(MAIN, List.of("invoices:read"), deny)).policies())
                .isEmpty();
        assertThat(((Deny) decide(BRANCH, List.of("invoices:read"), deny)).policies())
                .containsExactly("d");
    }

    @Test
    void a_condition_may_depend_on_the_action() {
        Policy allow = allow("a", "*", "action.endsWith(':read') || action.startsWith('tools/call:search_')");

        assertThat(decide(MAIN, List.of(), allow))
                .isInstanceOfSatisfying(
                        Permit.class, permit -> assertThat(permit.actions()).containsExactly("invoices:read"));
        assertThat(decide(MAIN, List.of("tools/call:search_docs"), allow)).isInstanceOf(Permit.class);
        assertThat(part(decide(MAIN, List.of("tools/call:drop"), allow))).isEqualTo(Deny.Part.ACTION);
    }

    @Test
    void a_deny_about_the_action_does_not_take_a_whole_pattern() {
        Policy allow = allow("a", "tools/call:*", null);
        Policy some = deny("d", "tools/call:*", "action == 'tools/call:drop'");
        Policy all = deny("d", "tools/call:*", "attestation.type != 'kubernetes'");

        assertThat(part(decide(MAIN, List.of("tools/call:drop"), allow, some))).isEqualTo(Deny.Part.ACTION);
        assertThat(decide(MAIN, List.of("tools/call:keep"), allow, some)).isInstanceOf(Permit.class);
        assertThat(part(decide(MAIN, List.of("tools/call:drop"), allow, all))).isEqualTo(Deny.Part.TARGET);
    }

    @Test
    void only_allows_whose_condition_holds_shorten_the_lifetime_and_are_named() {
        Policy always = allow("a", "*", null);
        Policy main = allow("b", "invoices:read", ON_MAIN, Duration.ofMinutes(1));

        assertThat(decide(MAIN, List.of("invoices:read"), always, main))
                .isInstanceOfSatisfying(Permit.class, permit -> {
                    assertThat(permit.ttl()).isEqualTo(Duration.ofMinutes(1));
                    assertThat(permit.policies()).containsExactly("a", "b");
                });
        assertThat(decide(BRANCH, List.of("invoices:read"), always, main))
                .isInstanceOfSatisfying(Permit.class, permit -> {
                    assertThat(permit.ttl()).isEqualTo(Duration.ofMinutes(5));
                    assertThat(permit.policies()).containsExactly("a");
                });
    }

    @Test
    void a_condition_that_is_refused_is_told_with_the_policys_field() {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(
                        () -> decide(MAIN, List.of(), allow("a", "*", null), allow("b", "*", "attestation.clams == 1")))
                .matches(invalid -> invalid.field().equals("policies[1].when"))
                .withMessageContaining("line 1, column 12: attestation has no clams");
    }

    @Test
    void the_first_policy_that_breaks_a_rule_is_the_one_complained_of() {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> decide(MAIN, List.of(), allow("a", "*", "1"), allow("b", "*", "2 +")))
                .matches(invalid -> invalid.field().equals("policies[0].when"));
    }

    @Test
    void the_claims_that_policies_mention_are_told() {
        assertThat(conditions(Conditions.NONE, allow("a", "*", ON_MAIN)).claims())
                .containsExactly("ref");
        assertThat(conditions(Conditions.NONE, allow("a", "*", null)).claims()).isEmpty();
    }

    @Test
    void a_condition_of_the_set_before_is_taken_over_and_one_that_is_gone_is_compiled_anew() {
        String gone = "attestation.claims.sha == 'x'";
        Conditions first = conditions(Conditions.NONE, allow("a", "*", ON_MAIN), allow("b", "*", gone));
        Conditions second = conditions(first, allow("c", "*", ON_MAIN));
        Conditions third = conditions(second, allow("a", "*", ON_MAIN), allow("b", "*", gone));

        assertThat(second.get(ON_MAIN)).isSameAs(first.get(ON_MAIN)).isSameAs(third.get(ON_MAIN));
        assertThat(second.claims()).containsExactly("ref");
        assertThat(third.get(gone)).isNotSameAs(first.get(gone));
    }

    private static Conditions conditions(Conditions before, Policy... policies) {
        return Conditions.of(List.of(policies), before);
    }

    private static Decision decide(Attestation proof, List<String> actions, Policy... policies) {
        return Policies.compile(
                        List.of(policies), List.of(BOT), List.of(INVOICES), conditions(Conditions.NONE, policies))
                .decide(TestAsks.ask(BOT, proof, INVOICES, actions));
    }

    private static Deny.Part part(Decision decision) {
        return ((Deny) decision).part();
    }

    private static Policy allow(String name, String action, @Nullable String when) {
        return allow(name, action, when, null);
    }

    private static Policy allow(String name, String action, @Nullable String when, @Nullable Duration ttl) {
        return policy(name, Effect.ALLOW, action, when, new Grant(ttl, null));
    }

    private static Policy deny(String name, String action, String when) {
        return policy(name, Effect.DENY, action, when, Grant.UNRESTRICTED);
    }

    private static Policy policy(String name, Effect effect, String action, @Nullable String when, Grant grant) {
        return new Policy(
                name,
                null,
                effect,
                List.of(Selector.named("invoice-bot")),
                List.of("invoices"),
                List.of(action),
                when,
                grant,
                null);
    }
}
