package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Policy.Limit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(17);
    private final RateLimits limits = new RateLimits(nanos::get);

    @Test
    void without_a_limit_there_is_always_room_and_nothing_is_remembered() {
        assertThat(limits.take(permit(Map.of()))).isNull();
        assertThat(limits.size()).isZero();
    }

    @Test
    void a_use_finds_room_until_the_limit_and_again_when_the_first_is_a_span_ago() {
        Permit permit = permit(Map.of("p", new Limit(2, MINUTE)));
        assertThat(limits.take(permit)).isNull();
        pass(Duration.ofSeconds(20));
        assertThat(limits.take(permit)).isNull();
        pass(Duration.ofSeconds(10));
        assertThat(limits.take(permit)).isEqualTo(Duration.ofSeconds(30));
        pass(Duration.ofSeconds(30).minusNanos(1));
        assertThat(limits.take(permit)).isEqualTo(Duration.ofNanos(1));
        pass(Duration.ofNanos(1));
        assertThat(limits.take(permit)).isNull();
        assertThat(limits.take(permit)).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void of_several_limits_none_is_used_where_one_has_no_room() {
        Limit wide = new Limit(10, MINUTE);
        Limit narrow = new Limit(1, MINUTE);
        assertThat(limits.take(permit(Map.of("wide", wide, "narrow", narrow)))).isNull();
        for (int i = 0; i < 20; i++) {
            assertThat(limits.take(permit(Map.of("wide", wide, "narrow", narrow))))
                    .isNotNull();
        }
        for (int i = 0; i < 9; i++) {
            assertThat(limits.take(permit(Map.of("wide", wide)))).isNull();
        }
        assertThat(limits.take(permit(Map.of("wide", wide)))).isNotNull();
    }

    @Test
    void what_came_to_nothing_is_given_back() {
        Permit permit = permit(Map.of("p", new Limit(1, MINUTE)));
        assertThat(limits.take(permit)).isNull();
        limits.giveBack(permit);
        assertThat(limits.take(permit)).isNull();
        assertThat(limits.take(permit)).isNotNull();
    }

    @Test
    void a_limit_that_was_changed_counts_what_was_used_before() {
        for (int i = 0; i < 5; i++) {
            assertThat(limits.take(permit(Map.of("p", new Limit(5, MINUTE))))).isNull();
            pass(Duration.ofSeconds(1));
        }
        assertThat(limits.take(permit(Map.of("p", new Limit(6, MINUTE))))).isNull();
        assertThat(limits.take(permit(Map.of("p", new Limit(2, MINUTE))))).isEqualTo(Duration.ofSeconds(59));
        assertThat(limits.take(permit(Map.of("p", new Limit(2, Duration.ofSeconds(1))))))
                .isNull();
    }

    @Test
    void idle_uses_are_forgotten_and_others_are_not() {
        Permit permit = permit(Map.of("p", new Limit(1, MINUTE)));
        assertThat(limits.take(permit)).isNull();
        pass(MINUTE.minusNanos(1));
        limits.prune();
        assertThat(limits.take(permit)).isNotNull();
        pass(Duration.ofNanos(1));
        limits.prune();
        assertThat(limits.size()).isZero();
    }

    @Test
    void no_span_ever_holds_more_than_the_limit() {
        Random random = new Random(7);
        Limit limit = new Limit(9, Duration.ofSeconds(10));
        Permit permit = permit(Map.of("p", limit));
        Deque<Long> let = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            pass(Duration.ofMillis(random.nextInt(1_500)));
            while (!let.isEmpty() && nanos.get() - let.peek() >= limit.per().toNanos()) {
                let.remove();
            }
            boolean room = let.size() < limit.issuances();
            assertThat(limits.take(permit) == null).isEqualTo(room);
            if (room) {
                let.add(nanos.get());
            }
        }
    }

    @Test
    void callers_at_once_do_not_get_more_together() {
        Permit permit = permit(Map.of("p", new Limit(1_000, MINUTE)));
        AtomicInteger let = new AtomicInteger();
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                callers.execute(() -> {
                    for (int j = 0; j < 500; j++) {
                        if (limits.take(permit) == null) {
                            let.incrementAndGet();
                        }
                    }
                });
            }
        }
        assertThat(let).hasValue(1_000);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Permit permit(Map<String, Limit> limits) {
        Permit plain = TestWorld.permit();
        return new Permit(plain.ask(), List.of("read"), MINUTE, Set.of(), limits, List.of("p"));
    }
}
