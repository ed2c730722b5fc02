package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Posture.Fault;
import dev.sallyport.core.possession.Confirmation;
import dev.sallyport.policy.Condition.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostureConditionsTest {

    private static final Agent BOT = TestAsks.agent("bot", Agent.Kind.WORKLOAD, Map.of());
    private static final Target INVOICES = TestAsks.target("invoices", List.of("read"), List.of("read"));

    @Test
    void facts_are_read_as_what_they_are() {
        Posture posture = facts(Map.of("risk", 20L, "load", 0.5, "edr_healthy", true, "os", "linux"));

        assertThat(outcome("posture.risk < 40", posture)).isEqualTo(Outcome.TRUE);
        assertThat(outcome("posture.risk < 19.5", posture)).isEqualTo(Outcome.FALSE);
        assertThat(outcome("posture.load < 1", posture)).isEqualTo(Outcome.TRUE);
        assertThat(outcome("posture.edr_healthy && posture['os'] == 'linux'", posture))
                .isEqualTo(Outcome.TRUE);
    }

    @Test
    void a_fact_that_was_never_set_is_absent() {
        assertThat(outcome("has(posture.risk)", Posture.NONE)).isEqualTo(Outcome.FALSE);
        assertThat(outcome("'risk' in posture", Posture.NONE)).isEqualTo(Outcome.FALSE);
        assertThat(outcome("posture.risk < 40", Posture.NONE)).isEqualTo(Outcome.FAILED);
        assertThat(outcome("!has(posture.risk) || posture.risk < 40", Posture.NONE))
                .isEqualTo(Outcome.TRUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "posture.risk < 40",
                "has(posture.risk)",
                "!has(posture.risk)",
                "'risk' in posture",
                "posture['risk'] == 1",
                "true || posture.risk < 40",
                ".posture.risk < 40",
                "posture[agent.name] == 1",
                "posture.exists(name, name == 'load')",
                "posture.size() == 1",
                "agent.name in posture"
            })
    void a_condition_that_mentions_a_fact_that_has_expired_fails_to_evaluate(String condition) {
        for (Fault fault : Fault.values()) {
            Posture posture = new Posture(Map.of("load", 1L), Map.of("risk", fault), false);
            assertThat(outcome(condition, posture)).isEqualTo(Outcome.FAILED);
        }
        assertThat(outcome(condition, Posture.OUTDATED)).isEqualTo(Outcome.FAILED);
    }

    @Test
    void other_facts_count_beside_one_that_has_expired() {
        Posture posture = new Posture(Map.of("load", 1L), Map.of("risk", Fault.EXPIRED), false);

        assertThat(outcome("posture.load == 1", posture)).isEqualTo(Outcome.TRUE);
        assertThat(outcome("agent.name == 'bot'", posture)).isEqualTo(Outcome.TRUE);
        assertThat(outcome("agent.name == 'bot'", Posture.OUTDATED)).isEqualTo(Outcome.TRUE);
    }

    private static Posture facts(Map<String, Object> facts) {
        return new Posture(facts, Map.of(), false);
    }

    private static Outcome outcome(String condition, Posture posture) {
        Ask.Facts facts = new Ask.Facts(Instant.parse("2026-11-24T10:00:00Z"), "192.0.2.7", Confirmation.NONE, posture);
        Ask ask = new Ask(BOT, TestAsks.proof(Claims.NONE), INVOICES, List.of("read"), List.of(), facts);
        return Condition.of(condition).evaluate(new Vocabulary.Facts(Question.of(ask)), "read");
    }
}
