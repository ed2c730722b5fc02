package dev.sallyport.core;

import static dev.sallyport.core.TestWorld.NOW;
import static dev.sallyport.core.TestWorld.PERMIT_ALL;
import static dev.sallyport.core.TestWorld.RESOURCE;
import static dev.sallyport.core.TestWorld.provider;
import static dev.sallyport.core.TestWorld.request;
import static dev.sallyport.core.TestWorld.state;
import static dev.sallyport.core.TestWorld.suspended;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Outcome.Issued;
import dev.sallyport.core.Outcome.Refused;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.core.log.SealedEntry;
import dev.sallyport.core.policy.Deny;
import dev.sallyport.core.policy.PostureSource;
import dev.sallyport.core.possession.Possession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BrokerTest {

    private final List<Entry> log = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final Refusals refusals = new Refusals(TestWorld.CLOCK);

    @Test
    void a_proven_and_permitted_agent_gets_a_token_and_the_log_an_entry() {
        Issued issued = (Issued) broker(state(1)).exchange(request());

        Entry entry = log.getFirst();
        assertThat(entry.outcome()).isEqualTo("issued");
        assertThat(Objects.requireNonNull(entry.token()).jti())
                .isEqualTo(issued.token().jti());
        assertThat(entry.token().sha256())
                .isEqualTo(Hash.hex(Hash.sha256(issued.token().compact().getBytes(StandardCharsets.US_ASCII))));
        assertThat(entry.detail())
                .containsEntry("agent", "invoice-bot")
                .containsEntry("target", "invoices")
                .containsEntry("actions", List.of("invoices:read"))
                .containsEntry("policies", List.of("allow-all"))
                .containsEntry("policy_revision", 101L)
                .containsEntry("client_ip", "192.0.2.7")
                .containsEntry("replica", "replica-1")
                .containsEntry("decision_id", issued.decisionId().toString());
    }

    @Test
    void a_token_is_never_released_when_the_commit_fails() {
        IssuanceLog failing = (entry, epoch) -> {
            throw new Unavailable("the log can't be written");
        };

        Outcome outcome = broker(only(state(1)), failing).exchange(request());

        assertThat(refusal(outcome)).isEqualTo(new Refusal.OutOfReach("the log can't be written"));
    }

    @Test
    void a_token_is_never_released_when_its_decision_is_older_than_two_seconds() {
        IssuanceLog frozen = (entry, epoch) -> {
            nanos.addAndGet(Duration.ofMillis(2001).toNanos());
            return new Appended.Recorded(0);
        };

        assertThat(refusal(broker(only(state(1)), frozen).exchange(request()))).isInstanceOf(Refusal.OutOfReach.class);
    }

    @Test
    void a_decision_made_before_a_change_is_made_again_and_the_first_token_discarded() {
        State before = state(1);
        State after = state(
                2,
                provider(Map.of("repository_id", "1001"), NOW.plusSeconds(600)),
                ask -> new Deny(Deny.Part.TARGET, "nothing is permitted on this target", List.of()),
                Duration.ofMinutes(5));
        IssuanceLog fenced = (entry, epoch) -> epoch < 2 ? new Appended.StateMoved(2) : recorded(entry);

        Outcome outcome = broker(moving(before, after), fenced).exchange(request());

        assertThat(refusal(outcome)).isInstanceOf(Refusal.TargetRefused.class);
        assertThat(log).singleElement().satisfies(entry -> {
            assertThat(entry.outcome()).isEqualTo("refused");
            assertThat(entry.token()).isNull();
        });
    }

    @Test
    void a_suspended_agent_is_refused_and_the_log_names_it() {
        Outcome outcome = broker(suspended(1, new Suspensions(Set.of(), Set.of("invoice-bot"), Set.of())))
                .exchange(request());

        assertThat(refusal(outcome)).isEqualTo(new Refusal.AgentRefused("the agent is suspended"));
        assertThat(log.getFirst().detail())
                .containsEntry("agent", "invoice-bot")
                .containsEntry("reason", "agent");
    }

    @Test
    void nobody_gets_a_token_for_a_suspended_target() {
        Outcome outcome = broker(suspended(1, new Suspensions(Set.of(), Set.of(), Set.of("invoices"))))
                .exchange(request());

        assertThat(refusal(outcome)).isEqualTo(new Refusal.TargetRefused("the target is suspended"));
        assertThat(log.getFirst().detail())
                .containsEntry("agent", "invoice-bot")
                .containsEntry("target", "invoices");
    }

    @Test
    void the_word_of_a_suspended_trust_provider_counts_for_nothing() {
        Outcome outcome = broker(suspended(1, new Suspensions(Set.of("ci"), Set.of(), Set.of())))
                .exchange(request());

        assertThat(refusal(outcome))
                .isEqualTo(new Refusal.EvidenceRefused(Check.PROVIDER, "the trust provider that vouches is suspended"));
        assertThat(log).isEmpty();
    }

    @Test
    void a_state_that_moves_three_times_is_answered_unavailable() {
        AtomicLong appends = new AtomicLong();
        IssuanceLog restless = (entry, epoch) -> {
            appends.incrementAndGet();
            return new Appended.StateMoved(epoch + 1);
        };

        Outcome outcome = broker(moving(state(1), state(2)), restless).exchange(request());

        assertThat(refusal(outcome)).isInstanceOf(Refusal.OutOfReach.class);
        assertThat(appends).hasValue(3);
    }

    @Test
    void an_unreachable_verifier_refuses() {
        Provider dead = new Provider("ci", "oidc", "https://ci.example", evidence -> {
            throw new Unavailable("the keys of trust provider ci can't be fetched");
        });

        Outcome outcome =
                broker(state(1, dead, PERMIT_ALL, Duration.ofMinutes(5))).exchange(request());

        assertThat(refusal(outcome))
                .isEqualTo(new Refusal.OutOfReach("the keys of trust provider ci can't be fetched"));
        assertThat(log).isEmpty();
    }

    @Test
    void a_request_with_no_or_two_or_an_unregistered_resource_is_refused() {
        for (List<String> resources : List.of(
                List.<String>of(),
                List.of(RESOURCE, "https://ledger.example"),
                List.of(RESOURCE, RESOURCE),
                List.of("https://elsewhere.example"),
                List.of("not a uri"))) {
            assertThat(refusal(broker(state(1)).exchange(request(resources, List.of()))))
                    .as("%s", resources)
                    .isInstanceOf(Refusal.TargetRefused.class);
        }
        assertThat(log).hasSize(5).allSatisfy(entry -> assertThat(entry.token()).isNull());
    }

    @Test
    void the_agent_is_checked_before_the_target() {
        State stranger = state(
                1, provider(Map.of("repository_id", "9"), NOW.plusSeconds(600)), PERMIT_ALL, Duration.ofMinutes(5));

        assertThat(refusal(broker(stranger).exchange(request(List.of(), List.of()))))
                .isInstanceOf(Refusal.AgentRefused.class);
    }

    @Test
    void evidence_that_ends_within_this_second_is_refused() {
        State ending = state(
                1, provider(Map.of("repository_id", "1001"), NOW.plusMillis(700)), PERMIT_ALL, Duration.ofMinutes(5));

        assertThat(refusal(broker(ending).exchange(request()))).isInstanceOf(Refusal.EvidenceRefused.class);
    }

    @Test
    void unproven_callers_are_counted_and_summarised_not_logged_one_by_one() {
        Broker broker = broker(state(1));
        TokenRequest unproven = new TokenRequest(
                Evidence.jwt("no.jwt"), List.of(RESOURCE), List.of(), List.of(), null, "192.0.2.7", Possession.NONE);

        for (int i = 0; i < 500; i++) {
            broker.exchange(unproven);
        }
        assertThat(log).isEmpty();

        refusals.flush(only(state(1)), (entry, epoch) -> recorded(entry), "replica-1");
        assertThat(log)
                .singleElement()
                .satisfies(entry -> assertThat(entry.detail()).containsEntry("unproven", Map.of("format", 500L)));
    }

    @Test
    void a_proven_caller_that_is_refused_again_and_again_is_summarised() {
        Broker broker = broker(state(1));
        for (int i = 0; i < 25; i++) {
            broker.exchange(request(List.of(), List.of()));
        }
        assertThat(log).hasSize(10);

        refusals.flush(only(state(1)), (entry, epoch) -> recorded(entry), "replica-1");
        assertThat(log.getLast().detail()).containsEntry("proven", Map.of("ci repo:acme/invoice-bot target", 15L));
    }

    @Test
    void a_long_subject_is_cut_between_characters_in_the_summary() {
        String subject = "x".repeat(199) + "\ud83d\ude00\ud83d\ude00";
        State stranger = state(
                1,
                provider(subject, Map.of("repository_id", "9"), NOW.plusSeconds(600)),
                PERMIT_ALL,
                Duration.ofMinutes(5));
        Broker broker = broker(stranger);
        for (int i = 0; i < 11; i++) {
            broker.exchange(request());
        }

        refusals.flush(only(stranger), (entry, epoch) -> recorded(entry), "replica-1");

        assertThat(new String(log.getLast().seal(new byte[16]).detail(), StandardCharsets.UTF_8))
                .contains("x\ud83d\ude00 agent\":1");
    }

    @Test
    void counts_that_can_not_be_written_are_kept_for_the_next_minute() {
        broker(state(1))
                .exchange(new TokenRequest(
                        Evidence.jwt("no.jwt"), List.of(), List.of(), List.of(), null, "192.0.2.7", Possession.NONE));

        assertThatThrownBy(() -> refusals.flush(
                        only(state(1)),
                        (entry, epoch) -> {
                            throw new Unavailable("the log can't be written");
                        },
                        "replica-1"))
                .isInstanceOf(Unavailable.class);
        refusals.flush(only(state(1)), (entry, epoch) -> recorded(entry), "replica-1");

        assertThat(log)
                .singleElement()
                .satisfies(entry -> assertThat(entry.detail()).containsEntry("unproven", Map.of("format", 1L)));
    }

    @Test
    void neither_evidence_nor_token_is_in_what_is_stored_or_printed() {
        TokenRequest request = request();
        Issued issued = (Issued) broker(state(1)).exchange(request);
        SealedEntry sealed = log.getFirst().seal(new byte[16]);
        String stored =
                new String(sealed.leaf(), StandardCharsets.UTF_8) + new String(sealed.detail(), StandardCharsets.UTF_8);
        String token = issued.token().compact();

        for (String secret : List.of(
                token,
                token.substring(token.lastIndexOf('.') + 1),
                TestWorld.compactEvidence(),
                TestWorld.SECRET_SIGNATURE,
                TestWorld.PRIVATE.json())) {
            assertThat(stored).doesNotContain(secret);
            assertThat(request + " " + issued + " " + log + " " + sealed + " " + TestWorld.KEY)
                    .doesNotContain(secret);
        }
    }

    private static Refusal refusal(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Refused.class);
        return ((Refused) outcome).refusal();
    }

    private Appended recorded(Entry entry) {
        log.add(entry);
        return new Appended.Recorded(log.size() - 1L);
    }

    private Broker broker(State state) {
        return broker(only(state), (entry, epoch) -> recorded(entry));
    }

    private Broker broker(StateSource states, IssuanceLog log) {
        return new Broker(
                states,
                log,
                (provider, digest, key, ends) -> true,
                refusals,
                PostureSource.NONE,
                new RateLimits(nanos::get),
                TestWorld.CLOCK,
                nanos::get,
                new Uuids(TestWorld.CLOCK),
                "replica-1");
    }

    private static StateSource only(State state) {
        return moving(state, state);
    }

    private static StateSource moving(State before, State after) {
        return new StateSource() {
            @Override
            public State current() {
                return before;
            }

            @Override
            public State atLeast(long epoch) {
                return after;
            }
        };
    }
}
