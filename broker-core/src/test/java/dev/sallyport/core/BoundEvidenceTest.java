package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.BindProof;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.attest.Origin;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.PolicyEngine;
import dev.sallyport.core.policy.PostureSource;
import dev.sallyport.core.possession.KeyProof;
import dev.sallyport.core.possession.Possession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Evidence of a trust provider that wants it bound to a key, and tokens that may outlast it. */
class BoundEvidenceTest {

    private final List<Entry> log = new ArrayList<>();
    private final Map<String, String> bound = new HashMap<>();

    @Test
    void evidence_works_with_the_key_of_its_first_use_only() {
        assertThat(ask(bindingState(TestWorld.PERMIT_ALL), "first")).isInstanceOf(Outcome.Issued.class);
        assertThat(ask(bindingState(TestWorld.PERMIT_ALL), "first")).isInstanceOf(Outcome.Issued.class);

        Refusal refusal = refusal(ask(bindingState(TestWorld.PERMIT_ALL), "other"));

        assertThat(refusal)
                .isInstanceOfSatisfying(
                        Refusal.EvidenceRefused.class,
                        refused -> assertThat(refused.check()).isEqualTo(Check.BINDING));
        assertThat(bound).containsExactlyEntriesOf(Map.of("ci/d1", "x5t#S256:first"));
    }

    @Test
    void another_key_raises_an_alert_that_names_the_attempt() {
        ask(bindingState(TestWorld.PERMIT_ALL), "first");
        ask(bindingState(TestWorld.PERMIT_ALL), "other");

        assertThat(log).extracting(Entry::type).containsExactly("issuance", "issuance", "alert");
        Map<String, Object> attempt = log.get(1).detail();
        assertThat(attempt).containsEntry("reason", "evidence");
        assertThat(log.getLast().detail())
                .containsEntry("attempt", attempt.get("decision_id"))
                .containsEntry("provider", "ci")
                .containsEntry("agent", "invoice-bot")
                .containsEntry("digest", "d1")
                .containsEntry("cnf", Map.of("x5t#S256", "other"));
    }

    @Test
    void no_key_is_a_refused_proof_and_binds_nothing() {
        assertThat(refusal(ask(bindingState(TestWorld.PERMIT_ALL), null))).isInstanceOf(Refusal.ProofRefused.class);
        assertThat(bound).isEmpty();
        assertThat(log).hasSize(1);
    }

    @Test
    void whoever_may_not_have_the_token_binds_nothing() {
        PolicyEngine nothing = ask -> new Deny(Deny.Part.TARGET, "nothing is permitted", List.of());

        assertThat(refusal(ask(bindingState(nothing), "thief"))).isInstanceOf(Refusal.TargetRefused.class);
        assertThat(bound).isEmpty();
    }

    @Test
    void without_the_demand_nothing_is_bound() {
        assertThat(ask(TestWorld.state(1), "first")).isInstanceOf(Outcome.Issued.class);
        assertThat(bound).isEmpty();
    }

    @Test
    void a_token_may_outlast_its_evidence_by_what_the_trust_provider_allows() {
        assertThat(lifetime(Duration.ZERO)).isEqualTo(Duration.ofSeconds(60));
        assertThat(lifetime(Duration.ofSeconds(90))).isEqualTo(Duration.ofSeconds(150));
        assertThat(lifetime(Duration.ofMinutes(30))).isEqualTo(Duration.ofMinutes(5));
    }

    /** Of a token whose evidence ends in a minute, at a target that allows five. */
    private Duration lifetime(Duration beyond) {
        Provider provider = provider(new EvidenceTerms(BindProof.OFF, beyond), TestWorld.NOW.plusSeconds(60));
        State state = TestWorld.state(1, provider, TestWorld.PERMIT_ALL, Duration.ofMinutes(5));
        return ((Outcome.Issued) ask(state, null)).token().lifetime();
    }

    private static State bindingState(PolicyEngine policy) {
        Provider provider =
                provider(new EvidenceTerms(BindProof.REQUIRED, Duration.ZERO), TestWorld.NOW.plusSeconds(600));
        return TestWorld.state(1, provider, policy, Duration.ofMinutes(5));
    }

    private static Provider provider(EvidenceTerms terms, Instant ends) {
        Provider plain = TestWorld.provider(Map.of("repository_id", "1001"), ends);
        return new Provider(
                plain.name(), plain.type(), new Origin.Issuer("https://ci.example"), terms, plain.attestor());
    }

    private Outcome ask(State state, @Nullable String certificate) {
        StateSource states = new StateSource() {
            @Override
            public State current() {
                return state;
            }

            @Override
            public State atLeast(long epoch) {
                throw new AssertionError("nothing moves");
            }
        };
        Broker broker = new Broker(
                states,
                (entry, epoch) -> {
                    log.add(entry);
                    return new Appended.Recorded(log.size() - 1L);
                },
                (provider, digest, key, ends) -> bound.computeIfAbsent(provider + "/" + digest, first -> key)
                        .equals(key),
                new Refusals(TestWorld.CLOCK),
                PostureSource.NONE,
                new RateLimits(() -> 0),
                TestWorld.CLOCK,
                () -> 0,
                new Uuids(TestWorld.CLOCK),
                "replica-1");
        return broker.exchange(TestWorld.request().with(new Possession(new KeyProof.None(), certificate)));
    }

    private static Refusal refusal(Outcome outcome) {
        return ((Outcome.Refused) outcome).refusal();
    }
}
