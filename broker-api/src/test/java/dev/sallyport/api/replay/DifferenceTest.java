package dev.sallyport.api.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.replay.Difference.Kind;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is held against a change: what it denies or grants that the policies in force do not. */
class DifferenceTest {

    private static final List<String> BOTH = List.of("a", "b");
    private static final List<String> ONE = List.of("a");
    private static final List<String> NONE = List.of();

    @Test
    void what_is_taken_away_is_new() {
        assertThat(of(Kind.NARROWED, ONE).beside(then(true), null).newDenial()).isTrue();
        assertThat(of(Kind.NEWLY_DENIED, NONE)
                        .beside(then(true), of(Kind.NARROWED, ONE))
                        .newDenial())
                .isTrue();
    }

    @Test
    void what_the_policies_in_force_take_away_is_not_whatever_becomes_of_lifetimes() {
        assertThat(of(Kind.CHANGED, ONE)
                        .beside(then(true), of(Kind.NARROWED, ONE))
                        .newDenial())
                .isFalse();
        assertThat(of(Kind.CHANGED, ONE)
                        .beside(then(true), of(Kind.NARROWED, ONE))
                        .already())
                .isFalse();
        assertThat(of(Kind.NEWLY_DENIED, NONE)
                        .beside(then(true), of(Kind.NEWLY_DENIED, NONE))
                        .newDenial())
                .isFalse();
    }

    @Test
    void giving_back_a_part_is_no_denial_and_taking_back_a_part_no_grant() {
        assertThat(of(Kind.NARROWED, ONE)
                        .beside(then(true), of(Kind.NEWLY_DENIED, NONE))
                        .newDenial())
                .isFalse();
        assertThat(of(Kind.NEWLY_ALLOWED, ONE)
                        .beside(then(false), of(Kind.NEWLY_ALLOWED, BOTH))
                        .newGrant())
                .isFalse();
    }

    @Test
    void what_is_given_is_new_where_the_policies_in_force_do_not_give_it() {
        assertThat(of(Kind.NEWLY_ALLOWED, ONE).beside(then(false), null).newGrant())
                .isTrue();
        assertThat(of(Kind.NEWLY_ALLOWED, BOTH)
                        .beside(then(false), of(Kind.NEWLY_ALLOWED, ONE))
                        .newGrant())
                .isTrue();
        assertThat(of(Kind.NEWLY_ALLOWED, ONE)
                        .beside(then(false), of(Kind.NEWLY_ALLOWED, ONE))
                        .newGrant())
                .isFalse();
    }

    private static Difference of(Kind kind, List<String> granted) {
        return new Difference(kind, "bot", "docs", BOTH, granted, null, null, List.of(), false, false, false);
    }

    private static RecordedDecision then(boolean issued) {
        @Nullable String reason = issued ? null : "action";
        return new RecordedDecision(
                0,
                "id",
                0,
                reason,
                reason,
                "bot",
                "docs",
                BOTH,
                1,
                new Attested("ci", "oidc", "bot", Claims.of(Map.of()), Instant.EPOCH),
                0,
                new Request(Instant.EPOCH, "192.0.2.1", "none"),
                NONE,
                Posture.NONE);
    }
}
