package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.core.possession.Confirmation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tokens must be bound, and conditions on what a caller has proven. */
class ProofsTest {

    private static final Agent BOT = TestAsks.agent("invoice-bot", Agent.Kind.WORKLOAD, Map.of());
    private static final Confirmation KEY = new Confirmation("jkt", null);
    private static final Confirmation CERTIFICATE = new Confirmation(null, "x5t");
    private static final Confirmation BOTH = new Confirmation("jkt", "x5t");

    @ParameterizedTest
    @CsvSource({
        "NONE, , , ",
        "NONE, NONE, NONE, ",
        "NONE, DPOP, NONE, DPOP",
        "NONE, , MTLS, MTLS",
        "DPOP, NONE, NONE, DPOP",
        "DPOP, DPOP, , DPOP",
        "NONE, DPOP, MTLS, DPOP MTLS",
        "MTLS, DPOP, NONE, DPOP MTLS",
    })
    void target_and_allows_combine_to_all_that_any_of_them_asks_for(
            Proof target, @Nullable Proof one, @Nullable Proof other, @Nullable String all) {
        Decision decision =
                decide(target, Confirmation.NONE, allow("a", "read", one, null), allow("b", "read", other, null));

        Set<Proof> expected = all == null
                ? Set.of()
                : Set.of(List.of(all.split(" ")).stream().map(Proof::valueOf).toArray(Proof[]::new));
        assertThat(((Permit) decision).proofs()).isEqualTo(expected);
    }

    @Test
    void an_allow_that_permits_nothing_granted_asks_for_nothing() {
        Policy elsewhere = allow("b", "write", Proof.DPOP, null);
        Policy unmet = allow("c", "read", Proof.MTLS, "request.ip == '198.51.100.1'");

        Decision decision = decide(Proof.NONE, Confirmation.NONE, allow("a", "read", null, null), elsewhere, unmet);

        assertThat(((Permit) decision).proofs()).isEmpty();
    }

    @Test
    void a_condition_sees_what_the_caller_has_proven() {
        Policy byKey = allow("a", "read", null, "request.proof == 'dpop'");
        assertThat(decide(Proof.NONE, KEY, byKey)).isInstanceOf(Permit.class);
        assertThat(decide(Proof.NONE, CERTIFICATE, byKey)).isInstanceOf(Deny.class);
        assertThat(decide(Proof.NONE, Confirmation.NONE, byKey)).isInstanceOf(Deny.class);
        assertThat(decide(Proof.NONE, BOTH, byKey)).isInstanceOf(Deny.class);

        Policy byKeyAtLeast = allow("a", "read", null, "request.proof.contains('dpop')");
        assertThat(decide(Proof.NONE, BOTH, byKeyAtLeast)).isInstanceOf(Permit.class);
        assertThat(decide(Proof.NONE, BOTH, allow("a", "read", null, "request.proof == 'dpop+mtls'")))
                .isInstanceOf(Permit.class);
        assertThat(decide(Proof.NONE, CERTIFICATE, allow("a", "read", null, "request.proof == 'mtls'")))
                .isInstanceOf(Permit.class);
        assertThat(decide(Proof.NONE, Confirmation.NONE, allow("a", "read", null, "request.proof == 'none'")))
                .isInstanceOf(Permit.class);
    }

    private static Decision decide(Proof proof, Confirmation proven, Policy... policies) {
        Target target = new Target(
                "invoices",
                "https://invoices.example",
                Target.Kind.API,
                List.of("read", "write"),
                List.of(),
                new TokenRules(Duration.ofMinutes(5), "ES256", proof, null),
                List.of());
        Ask.Facts facts = new Ask.Facts(Instant.parse("2026-11-24T10:00:00Z"), "192.0.2.7", proven, Posture.NONE);
        Ask plain = TestAsks.ask(BOT, TestAsks.proof(Claims.NONE), target, List.of("read"));
        Ask ask = new Ask(plain.agent(), plain.proof(), plain.target(), plain.actions(), List.of(), facts);
        return Policies.compile(
                        List.of(policies),
                        List.of(BOT),
                        List.of(target),
                        Conditions.of(List.of(policies), Conditions.NONE))
                .decide(ask);
    }

    private static Policy allow(String name, String action, @Nullable Proof proof, @Nullable String when) {
        return new Policy(
                name,
                null,
                Effect.ALLOW,
                List.of(Selector.named("invoice-bot")),
                List.of("invoices"),
                List.of(action),
                when,
                new Grant(null, proof),
                null);
    }
}
