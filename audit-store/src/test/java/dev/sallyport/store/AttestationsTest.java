package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Attestations.Attested;
import dev.sallyport.store.Attestations.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttestationsTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final TestDatabase database = TestDatabase.create();

    @Test
    void attestations_come_the_newest_first_with_the_names_and_shapes_of_their_claims() {
        try (PostgresStore store = database.open()) {
            store.log().append(attempt(0, Map.of("sub", "a", "groups", List.of("x"))), 0);
            store.log().append(attempt(1, Map.of("sub", "a", "groups", "x")), 0);
            store.log().append(new Entry(NOON.plusSeconds(2), "configuration", "changed", null, Map.of()), 0);
            store.log().append(attempt(3, Map.of()), 0);
            store.log().append(attempt(9, Map.of("sub", "too late")), 0);

            List<Attested> found = new ArrayList<>();
            Sample sample = store.attestations().read(NOON, NOON.plusSeconds(9), found::add);

            assertThat(sample).isEqualTo(new Sample(3, true));
            assertThat(found).extracting(Attested::time).containsExactly(at(3), at(1), at(0));
            assertThat(found.getFirst().texts()).isEmpty();
            assertThat(found.get(1).texts()).containsExactlyInAnyOrder("groups", "sub");
            assertThat(found.getLast().texts()).containsExactly("sub");
            assertThat(found.getLast().lists()).containsExactly("groups");
            assertThat(found).extracting(Attested::provider).containsOnly("ci");
        }
    }

    @Test
    void a_window_without_attestations_has_none() {
        try (PostgresStore store = database.open()) {
            assertThat(store.attestations().read(NOON, NOON.plusSeconds(9), _ -> {}))
                    .isEqualTo(new Sample(0, true));
        }
    }

    private static Instant at(int second) {
        return NOON.plusSeconds(second);
    }

    private static Entry attempt(int second, Map<String, Object> claims) {
        Map<String, Object> attestation = Map.of("provider", "ci", "type", "oidc", "subject", "a", "claims", claims);
        return new Entry(
                at(second),
                Entry.ISSUANCE,
                "refused",
                null,
                Map.of("reason", "target", "attestation", attestation, "actions", List.of()));
    }
}
