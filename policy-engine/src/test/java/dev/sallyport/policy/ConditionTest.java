package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.policy.Condition.Outcome;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

    private static final Agent BOT = TestAsks.agent("billing-bot", Agent.Kind.SUB_AGENT, Map.of("team", "billing"));
    private static final Target INVOICES = TestAsks.target("invoices", List.of("invoices:read"), List.of());
    private static final Claims CLAIMS = Claims.of(Map.of(
            "namespace",
            new Claims.One("billing"),
            "audience.kind",
            new Claims.One("internal"),
            "groups",
            new Claims.Many(List.of("dev", "ops"))));
    private static final Ask ASK =
            TestAsks.ask(BOT, TestAsks.proof("kubernetes", CLAIMS), INVOICES, List.of("invoices:read"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "agent.name == 'billing-bot' && agent.kind == 'sub-agent' && agent.owner == ''",
                "agent.labels.team == 'billing' && agent.labels['team'] == 'billing' && !has(agent.labels.tier)",
                "attestation.provider == 'ci' && attestation.type == 'kubernetes' && attestation.subject == 's'",
                "attestation.claims.namespace == 'billing' && has(attestation.claims.namespace)",
                ".attestation.claims.namespace == 'billing'",
                "!has(attestation.claims.ref) && !('ref' in attestation.claims)",
                "attestation.claims['audience.kind'] == 'internal'",
                "'ops' in attestation.claims.groups && attestation.claims.groups.exists(g, g.startsWith('de'))",
                "attestation.claims.groups.all(group, size(group) == 3)",
                "attestation.claims.groups.map(g, size(g)) == [3, 3]",
                "attestation.claims.groups.filter(g, g != 'dev').exists(g, g == 'ops')",
                "attestation.age == duration('5s') && attestation.age < duration('1h')",
                "attestation.issued < request.time && request.time == timestamp('2026-11-24T10:00:00Z')",
                "request.time.getHours('Europe/Berlin') in [8,9,10,11,12,13,14,15,16,17]",
                "request.time.getHours('Europe/Berlin') == 11 && request.time.getHours() == 10",
                "request.ip == '192.0.2.7' && request.proof == 'none'",
                "target.name == 'invoices' && target.kind == 'api' && target.resource.startsWith('https://')",
                "action == 'invoices:read' && action.matches('^[a-z]+:read$') && matches(action, 'read')",
                "1 < 1.5 && 2.5 > 2 && 3.0 >= 3 && size(attestation.claims.groups) < 2.5",
                "dyn(40) == 40.0",
                "!has(posture.risk) && !has(context.path) && size(context) == 0",
                "attestation.type == 'kubernetes' || attestation.claims.absent == 'x'",
            })
    void holds(String text) {
        assertThat(evaluate(text)).isEqualTo(Outcome.TRUE);
    }

    @Test
    void the_example_of_the_documentation_holds_in_working_hours_only_for_its_namespace() {
        String example = """
                attestation.type == "kubernetes" && attestation.claims.namespace == "billing"
                && request.time.getHours("Europe/Berlin") in [8,9,10,11,12,13,14,15,16,17]
                """;

        assertThat(evaluate(example)).isEqualTo(Outcome.TRUE);
        assertThat(evaluate(example.replace("\"billing\"", "\"sales\""))).isEqualTo(Outcome.FALSE);
        assertThat(evaluate(example.replace("8,9,10,11,", ""))).isEqualTo(Outcome.FALSE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attestation.claims.ref == 'main'",
                "attestation.claims.namespace < 3",
                "attestation.claims.groups.startsWith('d')",
                "posture.risk < 40",
                "context.path == '/x'",
                "agent.labels.tier == 'gold'",
                "[1][2] == 1",
                "1 / 0 == 1",
                "request.time.getHours('Europe/Nowhere') == 1",
                "int(attestation.claims.namespace) == 1",
            })
    void fails_to_evaluate_without_throwing(String text) {
        assertThat(evaluate(text)).isEqualTo(Outcome.FAILED);
    }

    @Test
    void a_loop_of_more_than_a_thousand_rounds_fails_to_evaluate() {
        String once = "attestation.claims.groups.all(g, g == 'g')";
        assertThat(evaluateWithGroups(1_000, once)).isEqualTo(Outcome.TRUE);
        assertThat(evaluateWithGroups(1_001, once)).isEqualTo(Outcome.FAILED);
        assertThat(evaluateWithGroups(500, once + " && " + once)).isEqualTo(Outcome.TRUE);
        assertThat(evaluateWithGroups(501, once + " && " + once)).isEqualTo(Outcome.FAILED);
    }

    @Test
    void a_misspelt_field_is_refused_with_its_place() {
        Invalid invalid = refused("agent.name == 'x' &&\n  attestation.clams.ref == 'main'");

        assertThat(invalid.field()).isEqualTo("when");
        assertThat(invalid.reason()).isEqualTo("""
                line 2, column 14: attestation has no clams; it has [age, claims, issued, provider, subject, type]
                 |   attestation.clams.ref == 'main'
                 | .............^""");
    }

    @Test
    void a_syntax_error_is_refused_with_its_place() {
        assertThat(refused("agent.name ==").reason())
                .startsWith("line 1, column 14: ")
                .endsWith("\n | agent.name ==\n | .............^");
    }

    @Test
    void a_type_error_is_refused_with_its_place() {
        assertThat(refused("true &&\nagent.name == 7").reason())
                .startsWith("line 2, column 12: found no matching overload for '_==_'")
                .endsWith("\n | agent.name == 7\n | ...........^");
        assertThat(refused("request.time == '2026'").reason()).contains("no matching overload");
        assertThat(refused("actoin == 'x'").reason()).startsWith("line 1, column 1: undeclared reference to 'actoin'");
    }

    @Test
    void words_with_fields_are_no_values_and_always_have_their_fields() {
        assertThat(refused("agent == agent").reason())
                .contains("agent is read by its fields: [kind, labels, name, owner]");
        assertThat(refused("attestation['claims'] == 'x'").reason()).contains("attestation is read by its fields");
        assertThat(refused("has(agent.name)").reason()).contains("agent always has name");
        assertThat(refused("attestation.claims.groups.exists(agent, agent == 'x')")
                        .reason())
                .contains("must not call its variable agent");
        assertThat(refused("attestation.claims.groups.exists(action, action == 'x')")
                        .reason())
                .contains("must not call its variable action");
    }

    @Test
    void what_is_not_surely_boolean_is_refused() {
        assertThat(refused("agent.name").reason())
                .startsWith("line 1, column 6: must be boolean, and known to be so; it is string");
        assertThat(refused("attestation.claims.ref").reason())
                .contains("must be boolean, and known to be so; it is dyn");
        assertThat(refused(" ").reason()).isEqualTo("must not be blank; leave it out for always");
    }

    @Test
    void a_condition_of_more_than_200_nodes_is_refused() {
        assertThat(Condition.of(chained(50))).isNotNull();
        assertThat(refused(chained(51)).reason()).contains("at most 200 AST nodes");
    }

    @Test
    void a_text_of_more_than_4_kib_is_refused() {
        assertThat(evaluate("true" + " ".repeat(4092))).isEqualTo(Outcome.TRUE);
        assertThat(refused("true" + " ".repeat(4093)).reason()).contains("at most 4 KiB");
        assertThat(refused("'" + "é".repeat(2048) + "' == ''").reason()).contains("at most 4 KiB");
    }

    @Test
    void deep_nesting_is_refused_and_not_a_crash() {
        assertThat(refused("(".repeat(2000) + "true" + ")".repeat(2000)).field())
                .isEqualTo("when");
        assertThat(refused("1" + " - (1".repeat(600) + ")".repeat(600) + " == 1")
                        .field())
                .isEqualTo("when");
        assertThat(evaluate("!".repeat(4000) + "true")).isEqualTo(Outcome.TRUE);
        assertThat(refused("[".repeat(2000) + "]".repeat(2000) + " == []").field())
                .isEqualTo("when");
    }

    @Test
    void loops_do_not_nest() {
        assertThat(refused("[1].exists(x, [2].exists(y, x == y))").reason())
                .startsWith("line 1, column 25: no nested comprehension");
        assertThat(refused("[1].exists(x, [2].map(y, y)[0] == x)").reason()).contains("no nested comprehension");
    }

    @Test
    void loops_do_not_concatenate() {
        assertThat(refused("['a'].exists(x, x + 'b' == 'ab')").reason())
                .startsWith("line 1, column 19: no + inside a comprehension");
        assertThat(refused("attestation.claims.groups.map(g, g + '!')[0] == 'dev!'")
                        .reason())
                .contains("no + inside a comprehension");
        assertThat(evaluate("[1, 2].map(x, x * 2) == [2, 4] && 'a' + 'b' == 'ab'"))
                .isEqualTo(Outcome.TRUE);
    }

    @Test
    void regular_expressions_are_literals_that_re2_takes() {
        assertThat(refused("agent.name.matches(action)").reason()).contains("literal regular expression only");
        assertThat(refused("matches(agent.name, 'a' + 'b')").reason()).contains("literal regular expression only");
        assertThat(refused("agent.name.matches('(?=a)')").reason())
                .startsWith("line 1, column 20: RE2 does not take the regular expression: ");
        assertThat(refused("agent.name.matches(r'(a)\\1')").reason()).contains("RE2 does not take");
        assertThat(refused("agent.name.matches('[')").reason()).contains("RE2 does not take");
        assertThat(evaluate("agent.name.matches(r'^[a-z]{7}-\\w{1,3}$')")).isEqualTo(Outcome.TRUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"((a{1000}){1000}){100}", "(a{100}[)]){100}", "((((a{10}){10}){10}){10}){10}", "(a{2,1000}){3}"})
    void a_regular_expression_that_would_fill_the_heap_is_refused(String pattern) {
        assertThat(refused("agent.name.matches(r'" + pattern + "')").reason()).contains("repeats at most 1,000 times");
    }

    @Test
    void a_regular_expression_is_bounded_in_length_and_in_what_it_compiles_to() {
        assertThat(refused("agent.name.matches('" + "a".repeat(257) + "')").reason())
                .contains("at most 256 characters");
        assertThat(refused("agent.name.matches('(abcdefghij){999}')").reason()).contains("RE2 does not take");
    }

    @Test
    void the_claims_that_a_condition_mentions_are_told() {
        assertThat(Condition.of("""
                        attestation.claims.ref == 'main' && has(attestation.claims.sha)
                        || attestation.claims['kubernetes.io'] == 'x' || 'sub' in attestation.claims
                        || attestation.claims.groups.exists(g, g == 'a') || agent.labels.claims == 'no'
                        || attestation.claims[agent.name] == 'computed' || context.claims.foo == 'no'
                        """).claims())
                .containsExactlyInAnyOrder("groups", "kubernetes.io", "ref", "sha", "sub");
        assertThat(Condition.of("true").claims()).isEmpty();
    }

    private static String chained(int terms) {
        return String.join(" && ", Collections.nCopies(terms, "1 < 2"));
    }

    private static Outcome evaluateWithGroups(int count, String text) {
        Claims many = Claims.of(Map.of("groups", new Claims.Many(Collections.nCopies(count, "g"))));
        Ask ask = TestAsks.ask(BOT, TestAsks.proof(many), INVOICES, List.of());
        return Condition.of(text).evaluate(new Vocabulary.Facts(Question.of(ask)), "invoices:read");
    }

    private static Outcome evaluate(String text) {
        return Condition.of(text).evaluate(new Vocabulary.Facts(Question.of(ASK)), "invoices:read");
    }

    private static Invalid refused(String text) {
        return catchThrowableOfType(Invalid.class, () -> Condition.of(text));
    }
}
