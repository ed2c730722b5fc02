package dev.sallyport.api.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.store.Attestations.Attested;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimDriftTest {

    private static final Instant NEWEST = Instant.parse("2026-05-01T12:00:00Z");

    /** Attestations from the newest to the oldest: a text, a list, or nothing. */
    private static Map<String, Object> drift(String attestations) {
        ClaimDrift drift = new ClaimDrift();
        drift.watch("ci", "groups");
        for (int i = 0; i < attestations.length(); i++) {
            char each = attestations.charAt(i);
            drift.take(new Attested(
                    NEWEST.minusSeconds(i),
                    "ci",
                    each == 't' ? List.of("groups", "sub") : List.of("sub"),
                    each == 'l' ? List.of("groups") : List.of()));
            drift.take(new Attested(NEWEST.minusSeconds(i), "other", List.of("groups"), List.of()));
        }
        return drift.shown("ci", "groups");
    }

    @ParameterizedTest
    @CsvSource({
        "'', no-attestations",
        "..., never-seen",
        "tttt, steady",
        ".ttt, stopped",
        "...ttt, stopped",
        "ttt..., started",
        "..ttt.., stopped",
        "..t.t.t.t, steady",
        "t.t.t.t.., steady",
        "..........t.t.t.t, stopped",
        ".t, steady",
    })
    void a_claim_has_stopped_or_started_where_chance_is_unlikely(String attestations, String state) {
        assertThat(drift(attestations)).containsEntry("state", state);
    }

    @ParameterizedTest
    @CsvSource({"llltt, list, string, 2026-05-01T11:59:58Z", "tlll, string, list, 2026-05-01T12:00:00Z"})
    void a_change_of_shape_is_told_with_its_time(String attestations, String shape, String before, String since) {
        assertThat(drift(attestations))
                .containsEntry("shape", shape)
                .containsEntry("shapeBefore", before)
                .containsEntry("shapeSince", since)
                .containsEntry("seen", (long) attestations.length());
    }
}
