package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.policy.Access.Via;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who could reach what, by policies that one can read. */
class AccessTest {

    private static final Agent BOT = TestAsks.agent("bot", Agent.Kind.WORKLOAD, Map.of("team", "billing"));
    private static final Agent JOB = TestAsks.agent("job", Agent.Kind.SUB_AGENT, Map.of());
    private static final Target DOCS = TestAsks.target("docs", List.of("docs:read", "docs:write"), List.of());
    private static final Target TOOLS = TestAsks.target("tools", List.of("tools/call:*"), List.of());
    private static final String MAIN = "attestation.claims.ref == 'main'";

    @Test
    void a_permission_without_a_condition_is_there_always() {
        Access row = only(realm(allow("p", "bot", "docs", "docs:read", null)));

        assertThat(row.place()).isEqualTo(new Place("bot", "docs", "docs:read"));
        assertThat(row.always()).isTrue();
        assertThat(row.allow()).containsExactly(new Via("p", null, List.of()));
    }

    @Test
    void patterns_without_number_take_no_time_without_end() {
        List<String> patterns = IntStream.range(0, 5_000)
                .mapToObj(i -> "tools/call:" + i + "_*")
                .toList();
        Target many = TestAsks.target("many", patterns, List.of());
        Policy planted = new Policy(
                "planted",
                null,
                Effect.ALLOW,
                List.of(Selector.named("bot")),
                List.of("many"),
                patterns,
                null,
                Grant.UNRESTRICTED,
                null);
        Realm realm = Realm.of(
                Policies.compile(List.of(planted), List.of(BOT), List.of(many), Conditions.NONE),
                List.of(BOT),
                List.of(many));

        assertThatThrownBy(() -> new AccessList(realm, null).page(Place.START, 100))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("ask about one action");
        assertThat(new AccessList(realm, "tools/call:7_x")
                        .page(Place.START, 100)
                        .items())
                .hasSize(1);
    }

    @Test
    void people_reach_nothing_but_the_brokers_own_api() {
        Agent person = TestAsks.agent("ann", Agent.Kind.HUMAN, Map.of());
        Realm realm = Realm.of(
                Policies.compile(
                        List.of(allow("all", "*", "docs", "docs:read", null)),
                        List.of(person, BOT),
                        List.of(DOCS),
                        Conditions.NONE),
                List.of(person, BOT),
                List.of(DOCS));

        assertThat(rows(realm)).extracting(Access::agent).containsExactly("bot");
    }

    @Test
    void a_condition_that_needs_an_attestation_remains() {
        Access row = only(realm(allow("p", "bot", "docs", "docs:read", MAIN)));

        assertThat(row.always()).isFalse();
        assertThat(row.allow()).containsExactly(new Via("p", MAIN, List.of()));
        assertThat(row.constraints().policies()).isEmpty();
    }

    @Test
    void what_the_document_of_the_agent_decides_is_no_condition_any_more() {
        List<Access> rows = rows(realm(
                allow("for-billing", "*", "docs", "docs:read", "agent.labels.team == 'billing'"),
                allow("for-sales", "*", "docs", "docs:read", "agent.labels.team == 'sales' && " + MAIN),
                allow("for-jobs", "job", "docs", "docs:read", "agent.kind == 'sub-agent' || " + MAIN)));

        assertThat(rows).extracting(Access::agent).containsExactly("bot", "job");
        assertThat(rows).allMatch(Access::always);
        assertThat(rows.getFirst().allow()).extracting(Via::policy).containsExactly("for-billing");
        assertThat(rows.getLast().allow()).extracting(Via::policy).containsExactly("for-jobs");
    }

    @Test
    void posture_may_turn_what_the_document_decides_into_a_failure() {
        List<Access> rows = rows(
                realm(allow("p", "bot", "docs", "docs:read", "agent.labels.team == 'billing' || posture.risk < 40")));

        assertThat(rows).singleElement().matches(row -> !row.always());
    }

    @Test
    void a_deny_that_always_applies_removes_the_row_and_another_makes_it_conditional() {
        Policy read = allow("p", "bot", "docs", "*", null);

        assertThat(rows(realm(read, deny("d", "docs:write", null))))
                .singleElement()
                .matches(row -> row.action().equals("docs:read") && row.always());
        assertThat(rows(realm(read, deny("d", "docs:write", MAIN))))
                .last()
                .matches(row -> !row.always())
                .extracting(Access::deny)
                .isEqualTo(List.of(new Via("d", MAIN, List.of())));
        assertThat(rows(realm(read, deny("d", "docs:*", "agent.labels.nobody == 'x'"))))
                .as("a condition that fails to evaluate, for the label is not there: the deny applies")
                .isEmpty();
        assertThat(rows(realm(read, deny("d", "docs:*", "agent.name == 'job'"))))
                .as("a deny that never applies to this agent")
                .allMatch(Access::always);
    }

    @Test
    void a_pattern_of_the_target_stays_one_where_a_policy_has_one() {
        assertThat(rows(realm(
                        allow("all", "bot", "tools", "*", MAIN),
                        allow("some", "bot", "tools", "tools/call:search_*", null),
                        allow("one", "bot", "tools", "tools/call:ping", null),
                        allow("across", "bot", "tools", "*:read", null),
                        allow("elsewhere", "bot", "tools", "docs:*", null))))
                .extracting(Access::action)
                .containsExactly("*:read", "tools/call:*", "tools/call:ping", "tools/call:search_*");
    }

    @Test
    void a_deny_of_a_part_of_a_pattern_says_of_which() {
        Access row = only(realm(allow("p", "bot", "tools", "tools/*", null), deny("d", "tools/call:delete_*", null)));

        assertThat(row.always()).isFalse();
        assertThat(row.deny()).containsExactly(new Via("d", null, List.of("tools/call:delete_*")));
    }

    @Test
    void a_deny_of_all_that_the_target_has_of_a_pattern_removes_its_row() {
        assertThat(rows(realm(allow("p", "bot", "tools", "*:read", null), deny("d", "tools/call:*", null))))
                .isEmpty();
    }

    @Test
    void constraints_are_the_tightest_of_those_that_always_apply() {
        Policy tight = new Policy(
                "tight",
                null,
                Effect.ALLOW,
                List.of(Selector.named("bot")),
                List.of("docs"),
                List.of("docs:read"),
                null,
                new Grant(Duration.ofMinutes(1), Proof.DPOP),
                null);
        Access row = only(
                realm(tight, allow("p", "bot", "docs", "docs:read", null), allow("q", "*", "docs", "*:read", MAIN)),
                "bot");

        assertThat(row.constraints().ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(row.constraints().proofs()).isEqualTo(Set.of(Proof.DPOP));
        assertThat(row.constraints().policies()).containsExactly("p", "tight");
        assertThat(row.allow()).hasSize(3);
    }

    @Test
    void one_action_is_asked_about_in_full() {
        Realm realm = realm(allow("p", "bot", "tools", "tools/*", null));

        assertThat(new AccessList(realm, "tools/call:ping")
                        .page(Place.START, 10)
                        .items())
                .extracting(Access::action)
                .containsExactly("tools/call:ping");
        assertThat(new AccessList(realm, "other").page(Place.START, 10).items()).isEmpty();
    }

    @Test
    void pages_join_to_the_whole() {
        Realm realm = realm(allow("p", "*", "*", "*", MAIN));
        List<Access> whole = rows(realm);

        for (int limit = 1; limit < whole.size(); limit++) {
            List<Access> joined = new ArrayList<>();
            Place next = Place.START;
            while (next != null) {
                AccessPage<Access> page = new AccessList(realm, null).page(next, limit);
                joined.addAll(page.items());
                next = page.next();
            }
            assertThat(joined).isEqualTo(whole);
        }
        assertThat(whole).hasSize(6);
    }

    @Test
    void two_revisions_differ_in_rows_gained_lost_and_changed() {
        Realm before = realm(
                allow("kept", "bot", "docs", "docs:read", null),
                allow("gone", "bot", "tools", "tools/call:ping", null),
                allow("other", "job", "docs", "docs:read", MAIN));
        Realm after = realm(
                allow("kept", "bot", "docs", "docs:read", null),
                allow("fresh", "job", "tools", "tools/call:ping", null),
                allow("other", "job", "docs", "docs:read", null));

        List<AccessChange> changes =
                new AccessDiff(before, after, null).page(Place.START, 10).items();

        assertThat(changes)
                .extracting(AccessChange::place)
                .containsExactly(
                        new Place("bot", "tools", "tools/call:ping"),
                        new Place("job", "docs", "docs:read"),
                        new Place("job", "tools", "tools/call:ping"));
        assertThat(changes.get(0).after()).isNull();
        assertThat(changes.get(1).before()).matches(row -> row != null && !row.always());
        assertThat(changes.get(1).after()).matches(row -> row != null && row.always());
        assertThat(changes.get(2).before()).isNull();
    }

    @Test
    void another_place_in_the_index_is_no_change() {
        Policy wide = allow("a", "*", "*", "docs:*", MAIN);
        Policy kept = allow("b", "bot", "docs", "docs:read", null);
        Policy narrow = allow("a", "bot", "docs", "docs:read", MAIN);

        assertThat(new AccessDiff(realm(wide, kept), realm(narrow, kept), null)
                        .page(Place.START, 10)
                        .items())
                .extracting(
                        change -> change.place().agent() + " " + change.place().action())
                .containsExactly("bot docs:write", "job docs:read", "job docs:write");
    }

    @Test
    void what_remains_of_a_pattern_is_no_change() {
        Realm wide = realm(allow("p", "bot", "tools", "tools/*", null));
        Realm narrow = realm(allow("p", "bot", "tools", "tools/call:ping", null));

        assertThat(new AccessDiff(wide, narrow, null).page(Place.START, 10).items())
                .singleElement()
                .matches(change -> change.place().action().equals("tools/call:*") && change.after() == null);
        assertThat(new AccessDiff(narrow, wide, null).page(Place.START, 10).items())
                .singleElement()
                .matches(change -> change.place().action().equals("tools/call:*") && change.before() == null);
    }

    @Test
    void an_agent_that_comes_or_changes_has_its_rows_compared() {
        Policy billing = new Policy(
                "p",
                null,
                Effect.ALLOW,
                List.of(Selector.labelled(Map.of("team", "billing"))),
                List.of("docs"),
                List.of("docs:read"),
                null,
                Grant.UNRESTRICTED,
                null);
        Agent moved = TestAsks.agent("bot", Agent.Kind.WORKLOAD, Map.of("team", "sales"));
        Agent come = TestAsks.agent("new", Agent.Kind.WORKLOAD, Map.of("team", "billing"));

        assertThat(new AccessDiff(realm(List.of(BOT, JOB), billing), realm(List.of(moved, JOB, come), billing), null)
                        .page(Place.START, 10)
                        .items())
                .extracting(change -> change.place().agent() + (change.before() == null ? " gained" : " lost"))
                .containsExactly("bot lost", "new gained");
    }

    private static Access only(Realm realm) {
        List<Access> rows = rows(realm);
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static Access only(Realm realm, String agent) {
        return new AccessList(realm.only(agent, null), null)
                .page(Place.START, 10)
                .items()
                .getFirst();
    }

    private static List<Access> rows(Realm realm) {
        return new AccessList(realm, null).page(Place.START, 1000).items();
    }

    private static Realm realm(Policy... policies) {
        return realm(List.of(BOT, JOB), policies);
    }

    private static Realm realm(List<Agent> agents, Policy... policies) {
        List<Policy> all = List.of(policies);
        List<Target> targets = List.of(DOCS, TOOLS);
        return Realm.of(Policies.compile(all, agents, targets, Conditions.of(all, Conditions.NONE)), agents, targets);
    }

    private static Policy allow(String name, String agent, String target, String action, @Nullable String when) {
        return policy(name, Effect.ALLOW, agent, target, action, when);
    }

    private static Policy deny(String name, String action, @Nullable String when) {
        return policy(name, Effect.DENY, "*", "*", action, when);
    }

    private static Policy policy(
            String name, Effect effect, String agent, String target, String action, @Nullable String when) {
        return new Policy(
                name,
                null,
                effect,
                List.of(Selector.named(agent)),
                List.of(target),
                List.of(action),
                when,
                Grant.UNRESTRICTED,
                null);
    }
}
