package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.ProofBindings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class EvidenceBindingsTest {

    private static final String ONE = "1".repeat(64);
    private static final String OTHER = "2".repeat(64);

    private final TestDatabase database = TestDatabase.create();
    private Instant now = Instant.parse("2026-11-24T12:00:00Z");
    private final Instant ends = now.plusSeconds(300);
    private final ProofBindings replica = replica();
    private final ProofBindings otherReplica = replica();

    @Test
    void the_first_key_is_the_only_one_at_every_replica() {
        assertThat(replica.bind("ci", ONE, "jkt:a", ends)).isTrue();
        assertThat(replica.bind("ci", ONE, "jkt:a", ends)).isTrue();
        assertThat(otherReplica.bind("ci", ONE, "jkt:a", ends)).isTrue();
        assertThat(otherReplica.bind("ci", ONE, "jkt:b", ends)).isFalse();
        assertThat(replica.bind("ci", ONE, "jkt:b", ends)).isFalse();
    }

    @Test
    void other_evidence_and_other_trust_providers_have_keys_of_their_own() {
        replica.bind("ci", ONE, "jkt:a", ends);

        assertThat(replica.bind("ci", OTHER, "jkt:b", ends)).isTrue();
        assertThat(replica.bind("mesh", ONE, "jkt:b", ends)).isTrue();
    }

    @Test
    void of_many_who_are_first_at_once_one_key_wins() throws Exception {
        List<Future<Boolean>> attempts = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                String key = "jkt:" + i;
                ProofBindings any = i % 2 == 0 ? replica : otherReplica;
                attempts.add(callers.submit(() -> any.bind("ci", ONE, key, ends)));
            }
        }
        int won = 0;
        for (Future<Boolean> attempt : attempts) {
            won += attempt.get() ? 1 : 0;
        }
        assertThat(won).isEqualTo(1);
    }

    @Test
    void evidence_that_has_ended_is_forgotten_a_minute_later() {
        replica.bind("ci", ONE, "jkt:a", ends);
        now = ends.plusSeconds(59);
        replica.bind("ci", OTHER, "jkt:a", now.plusSeconds(300));
        assertThat(count()).isEqualTo(2);

        now = ends.plusSeconds(61);
        replica.bind("ci", OTHER, "jkt:a", now.plusSeconds(300));
        assertThat(count()).isEqualTo(1);
    }

    private ProofBindings replica() {
        InstantSource clock = () -> now;
        return new EvidenceBindings(database.as(TestDatabase.BROKER), clock);
    }

    private long count() {
        return Transaction.run(database.as(TestDatabase.BROKER), Transaction.CHANGE, connection -> {
            try (var rows =
                    connection.createStatement().executeQuery("SELECT count(*) FROM sallyport.evidence_binding")) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }
}
