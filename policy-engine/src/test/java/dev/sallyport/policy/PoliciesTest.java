package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.PolicyEngine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoliciesTest {

    private static final Agent BOT = TestAsks.agent("invoice-bot", Agent.Kind.WORKLOAD, Map.of("team", "billing"));
    private static final Agent OTHER = TestAsks.agent("other-bot", Agent.Kind.SUB_AGENT, Map.of("team", "sales"));
    private static final Target INVOICES = TestAsks.target(
            "invoices",
            List.of("invoices:read", "invoices:write", "tools/call:*"),
            List.of("invoices:read", "invoices:write"));
    private static final Target LEDGER = TestAsks.target("ledger", List.of("ledger:read"), List.of());
    private static final Target OWN = Target.builtIn("https://broker.example");

    @Test
    void without_a_policy_nothing_is_permitted() {
        assertThat(decide(BOT, INVOICES, List.of("invoices:read"))).isInstanceOf(Deny.class);
    }

    @Test
    void an_allow_permits_what_it_names_and_only_to_whom_it_names() {
        Policy allow = allow("a", byName("invoice-bot"), "invoices", "invoices:read");

        assertThat(decide(BOT, INVOICES, List.of("invoices:read"), allow))
                .isInstanceOfSatisfying(Permit.class, permit -> {
                    assertThat(permit.actions()).containsExactly("invoices:read");
                    assertThat(permit.policies()).containsExactly("a");
                });
        assertThat(part(decide(OTHER, INVOICES, List.of("invoices:read"), allow)))
                .isEqualTo(Deny.Part.TARGET);
        assertThat(part(decide(BOT, LEDGER, List.of("ledger:read"), allow))).isEqualTo(Deny.Part.TARGET);
        assertThat(part(decide(BOT, INVOICES, List.of("invoices:write"), allow)))
                .isEqualTo(Deny.Part.ACTION);
    }

    @Test
    void all_requested_actions_must_be_permitted() {
        Policy allow = allow("a", byName("invoice-bot"), "invoices", "invoices:read");

        assertThat(part(decide(BOT, INVOICES, List.of("invoices:read", "invoices:write"), allow)))
                .isEqualTo(Deny.Part.ACTION);
    }

    @Test
    void a_deny_overrides_every_allow() {
        Policy allow = allow("a", byName("invoice-bot"), "invoices", "invoices:*");
        Policy deny = deny("d", byLabel("team", "billing"), "*", "invoices:write");

        assertThat(decide(BOT, INVOICES, List.of("invoices:read"), allow, deny)).isInstanceOf(Permit.class);
        assertThat(decide(BOT, INVOICES, List.of("invoices:write"), allow, deny))
                .isInstanceOfSatisfying(Deny.class, denied -> {
                    assertThat(denied.part()).isEqualTo(Deny.Part.ACTION);
                    assertThat(denied.policies()).containsExactly("d");
                });
    }

    @Test
    void where_a_deny_takes_everything_the_target_is_not_permitted() {
        Policy allow = allow("a", byName("invoice-bot"), "invoices", "tools/call:search_*");
        Policy deny = deny("d", byName("invoice-bot"), "invoices", "*");

        assertThat(part(decide(BOT, INVOICES, List.of("tools/call:search_docs"), allow, deny)))
                .isEqualTo(Deny.Part.TARGET);
    }

    @Test
    void an_action_that_is_not_the_targets_is_not_permitted_by_any_pattern() {
        assertThat(part(decide(BOT, INVOICES, List.of("ledger:read"), allow("a", byName("invoice-bot"), "*", "*"))))
                .isEqualTo(Deny.Part.ACTION);
    }

    @Test
    void a_requested_pattern_is_never_permitted() {
        Policy allow = allow("a", byName("invoice-bot"), "invoices", "*");

        for (String pattern : List.of("tools/call:*", "*", "invoices:*")) {
            assertThat(part(decide(BOT, INVOICES, List.of(pattern), allow)))
                    .as(pattern)
                    .isEqualTo(Deny.Part.ACTION);
        }
    }

    @Test
    void without_scope_the_permitted_ones_of_the_default_actions_are_granted() {
        Policy allow = allow("a", byName("invoice-bot"), "invoices", "invoices:read");

        assertThat(decide(BOT, INVOICES, List.of(), allow))
                .isInstanceOfSatisfying(
                        Permit.class, permit -> assertThat(permit.actions()).containsExactly("invoices:read"));
        assertThat(part(decide(
                        BOT, INVOICES, List.of(), allow("a", byName("invoice-bot"), "invoices", "tools/call:x"))))
                .isEqualTo(Deny.Part.ACTION);
        assertThat(part(decide(BOT, LEDGER, List.of(), allow("a", byName("invoice-bot"), "ledger", "*"))))
                .isEqualTo(Deny.Part.ACTION);
    }

    @Test
    void the_shortest_lifetime_of_the_policies_that_permit_wins() {
        Policy five = allow("a", byName("invoice-bot"), "invoices", "invoices:*", Duration.ofMinutes(5));
        Policy two = allow("b", byName("*-bot"), "invoices", "invoices:read", Duration.ofMinutes(2));
        Policy elsewhere = allow("c", byName("invoice-bot"), "ledger", "*", Duration.ofSeconds(1));

        assertThat(ttl(decide(BOT, INVOICES, List.of("invoices:read"), five, two, elsewhere)))
                .isEqualTo(Duration.ofMinutes(2));
        assertThat(ttl(decide(BOT, INVOICES, List.of("invoices:write"), five, two, elsewhere)))
                .isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void a_policy_never_lengthens_what_the_target_allows() {
        Policy hour = allow("a", byName("invoice-bot"), "invoices", "*", Duration.ofHours(1));

        assertThat(ttl(decide(BOT, INVOICES, List.of("invoices:read"), hour))).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void every_part_of_a_selector_must_match_and_any_selector_suffices() {
        Selector both = new Selector("*-bot", Agent.Kind.WORKLOAD, Map.of("team", "billing"));
        Policy one = allow("a", both, "invoices", "*");
        assertThat(decide(BOT, INVOICES, List.of("invoices:read"), one)).isInstanceOf(Permit.class);
        assertThat(decide(OTHER, INVOICES, List.of("invoices:read"), one)).isInstanceOf(Deny.class);

        Policy any = new Policy(
                "b",
                null,
                Effect.ALLOW,
                List.of(both, byName("other-bot")),
                List.of("invoices"),
                List.of("*"),
                null,
                Grant.UNRESTRICTED,
                null);
        assertThat(decide(OTHER, INVOICES, List.of("invoices:read"), any)).isInstanceOf(Permit.class);
    }

    @Test
    void the_brokers_own_api_is_never_matched_by_a_pattern() {
        for (String pattern : List.of("*", "sally*", "*port")) {
            assertThat(decide(BOT, OWN, List.of("policy:write"), allow("a", byName("invoice-bot"), pattern, "*")))
                    .as(pattern)
                    .isInstanceOf(Deny.class);
        }
        assertThat(decide(
                        BOT,
                        OWN,
                        List.of("policy:write"),
                        allow("a", byName("invoice-bot"), "sallyport", "policy:write")))
                .isInstanceOf(Permit.class);
    }

    @Test
    void a_name_that_is_nobodys_is_refused_with_its_field() {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> compile(allow("a", byName("invoice-bott"), "invoices", "*")))
                .matches(invalid -> invalid.field().equals("policies[0].agents[0].name"));
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> compile(allow("a", byName("invoice-bot"), "invoicess", "*")))
                .matches(invalid -> invalid.field().equals("policies[0].targets[0]"));
    }

    private static Decision decide(Agent agent, Target target, List<String> actions, Policy... policies) {
        return compile(policies).decide(TestAsks.ask(agent, target, actions));
    }

    private static PolicyEngine compile(Policy... policies) {
        return Policies.compile(
                List.of(policies),
                List.of(BOT, OTHER),
                List.of(INVOICES, LEDGER, OWN),
                Conditions.of(List.of(policies), Conditions.NONE));
    }

    private static Deny.Part part(Decision decision) {
        return ((Deny) decision).part();
    }

    private static Duration ttl(Decision decision) {
        return ((Permit) decision).ttl();
    }

    private static Selector byName(String name) {
        return Selector.named(name);
    }

    private static Selector byLabel(String label, String value) {
        return Selector.labelled(Map.of(label, value));
    }

    private static Policy allow(String name, Selector agents, String target, String action) {
        return allow(name, agents, target, action, null);
    }

    private static Policy allow(String name, Selector agents, String target, String action, @Nullable Duration ttl) {
        return new Policy(
                name,
                null,
                Effect.ALLOW,
                List.of(agents),
                List.of(target),
                List.of(action),
                null,
                new Grant(ttl, null),
                null);
    }

    private static Policy deny(String name, Selector agents, String target, String action) {
        return new Policy(
                name,
                null,
                Effect.DENY,
                List.of(agents),
                List.of(target),
                List.of(action),
                null,
                Grant.UNRESTRICTED,
                null);
    }
}
