package dev.sallyport.store;

import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.token.KeySchedule;
import dev.sallyport.core.token.SigningKey;
import dev.sallyport.core.token.Succession;
import java.time.Instant;
import java.util.List;

/** What the schedule asks for at a moment. */
record KeyPlan(KeySchedule schedule, List<KnownKey> known, Instant now) {

    /** The algorithms whose youngest token key has signed for long enough. */
    List<String> due() {
        return NewKey.algorithms(SigningKey.PURPOSE).stream()
                .filter(algorithm -> kind(SigningKey.PURPOSE, algorithm).youngestFirst().stream()
                        .limit(1)
                        .anyMatch(youngest -> schedule.due(youngest.activates(), now)))
                .toList();
    }

    /** The keys that have been succeeded for long enough. */
    List<KnownKey> over() {
        return known.stream().filter(KnownKey::live).filter(this::over).toList();
    }

    private boolean over(KnownKey key) {
        boolean log = key.purpose().equals(LogKey.PURPOSE);
        return kind(key.purpose(), key.algorithm())
                .succeeded(key)
                .filter(began -> log ? schedule.overlapped(began, now) : schedule.over(began, now))
                .isPresent();
    }

    private Succession<KnownKey> kind(String purpose, String algorithm) {
        return Succession.of(
                known.stream()
                        .filter(each -> each.live() && each.isOf(purpose, algorithm))
                        .toList(),
                KnownKey::activates);
    }

    boolean isEmpty() {
        return due().isEmpty() && over().isEmpty();
    }
}
