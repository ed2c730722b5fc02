package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.ReferenceEvaluator.Verdict;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The engine decides as the reference does, for generated policies and questions.
 *
 * <p>{@code -Dsallyport.policy.sets=N} has more policy sets, {@code -Dsallyport.policy.seed=N} others.
 */
class ReferenceTest {

    private static final int SETS = Integer.getInteger("sallyport.policy.sets", 12_500);
    private static final long SEED = Long.getLong("sallyport.policy.seed", 20_261_124L);
    private static final int ASKS = 8;
    private static final int CONDITIONS = 300;
    private static final int EXPLAINED = 50;

    @Test
    void the_engine_decides_as_the_description_says() {
        GeneratedPolicies generated = new GeneratedPolicies(SEED, CONDITIONS);
        Conditions compiled = Conditions.of(
                IntStream.range(0, CONDITIONS)
                        .mapToObj(i -> withCondition(
                                List.copyOf(generated.meanings.keySet()).get(i), i))
                        .toList(),
                Conditions.NONE);
        int permits = 0;
        for (int i = 0; i < SETS; i++) {
            List<Policy> policies = generated.policies();
            PolicySet set = Policies.compile(
                    policies, GeneratedPolicies.AGENTS, GeneratedPolicies.TARGETS, Conditions.of(policies, compiled));
            ReferenceEvaluator reference = new ReferenceEvaluator(policies, generated.meanings);
            for (int j = 0; j < ASKS; j++) {
                Ask ask = generated.ask();
                String number = "seed " + SEED + ", set " + i + ", question " + j + ": ";
                Supplier<String> where = () -> number + ask + " by " + policies;
                permits += compare(set, reference, ask, where) ? 1 : 0;
                if (i % EXPLAINED == 0) {
                    Explanation explained = set.explain(Question.of(ask));
                    assertThat(explained.permitted()).as(where).isEqualTo(set.decide(ask) instanceof Permit);
                }
            }
        }
        assertThat(permits).as("permits, so that both outcomes are compared").isGreaterThan(SETS * ASKS / 20);
    }

    private static boolean compare(PolicySet set, ReferenceEvaluator reference, Ask ask, Supplier<String> where) {
        Verdict expected = reference.decide(ask);
        Decision decision = set.decide(ask);
        if (expected == null) {
            assertThat(decision).as(where).isInstanceOf(Deny.class);
            boolean concrete = ask.target().actions().stream().noneMatch(action -> action.contains("*"));
            if (concrete && decision instanceof Deny deny) {
                assertThat(deny.part() == Deny.Part.TARGET).as(where).isEqualTo(reference.nothingPermitted(ask));
            }
            return false;
        }
        assertThat(decision).as(where).isInstanceOfSatisfying(Permit.class, permit -> {
            assertThat(permit.actions()).as(where).isEqualTo(expected.granted());
            assertThat(permit.ttl()).as(where).isEqualTo(expected.ttl());
            assertThat(permit.proofs()).as(where).isEqualTo(expected.proofs());
            assertThat(permit.policies()).as(where).doesNotHaveDuplicates();
            assertThat(Set.copyOf(permit.policies())).as(where).isEqualTo(expected.policies());
        });
        return true;
    }

    private static Policy withCondition(String when, int number) {
        return new Policy(
                "c-" + number,
                null,
                Policy.Effect.DENY,
                List.of(Policy.Selector.named("*")),
                List.of("*"),
                List.of("*"),
                when,
                Policy.Grant.UNRESTRICTED,
                null);
    }
}
