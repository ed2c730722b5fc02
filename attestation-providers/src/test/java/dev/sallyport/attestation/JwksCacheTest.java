package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JwksCacheTest {

    private static final TestKey OLD = TestKey.of("old", JWSAlgorithm.ES256);
    private static final TestKey NEW = TestKey.of("new", JWSAlgorithm.ES256);

    private final ManualTime time = new ManualTime();
    private final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private boolean broken;
    private TestKey[] published = {OLD};

    private final JwksCache cache = new JwksCache(this::fetch, time, Runnable::run);
    private final JwksCache inBackground = new JwksCache(this::fetch, time, background::add);

    @Test
    void keys_are_loaded_by_the_first_token_and_then_served_from_memory() {
        assertThat(fetches).hasValue(0);
        for (int i = 0; i < 100; i++) {
            assertThat(match(cache, "old")).isInstanceOf(Match.Found.class);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void keys_older_than_five_minutes_are_fetched_again_by_use() {
        match(cache, "old");
        time.pass(Duration.ofMinutes(5).minusNanos(1));
        match(cache, "old");
        assertThat(fetches).hasValue(1);

        time.pass(Duration.ofNanos(1));
        match(cache, "old");
        match(cache, "old");
        assertThat(fetches).hasValue(2);
    }

    @Test
    void nobody_with_a_known_kid_waits_for_a_refresh_and_there_is_one_at_a_time() {
        loadInBackground();
        time.pass(Duration.ofMinutes(6));

        for (int i = 0; i < 10; i++) {
            assertThat(match(inBackground, "old")).isInstanceOf(Match.Found.class);
        }
        assertThat(background).hasSize(1);
        assertThat(fetches).hasValue(1);

        background.remove().run();
        assertThat(match(inBackground, "old")).isInstanceOf(Match.Found.class);
        assertThat(background).isEmpty();
        assertThat(fetches).hasValue(2);
    }

    @Test
    void a_rotated_key_is_found_by_its_first_token() {
        match(cache, "old");
        publish(OLD, NEW);

        assertThat(match(cache, "new")).isInstanceOf(Match.Found.class);
        assertThat(fetches).hasValue(2);
    }

    @Test
    void a_withdrawn_key_is_gone_after_the_refresh() {
        match(cache, "old");
        publish(NEW);
        time.pass(Duration.ofMinutes(5));
        match(cache, "old");

        assertThat(match(cache, "old")).isInstanceOf(Match.Unknown.class);
    }

    @Test
    void made_up_kids_cause_one_fetch_in_five_seconds() {
        match(cache, "old");
        for (int i = 0; i < 100; i++) {
            assertThat(match(cache, "made-up-" + i)).isInstanceOf(Match.Unknown.class);
        }
        assertThat(fetches).hasValue(2);

        time.pass(Duration.ofSeconds(5).minusNanos(1));
        match(cache, "made-up");
        assertThat(fetches).hasValue(2);

        time.pass(Duration.ofNanos(1));
        match(cache, "made-up");
        assertThat(fetches).hasValue(3);
    }

    @Test
    void an_unknown_kid_on_fresh_keys_that_were_loaded_for_it_causes_no_second_fetch() {
        assertThat(match(cache, "made-up")).isInstanceOf(Match.Unknown.class);
        assertThat(fetches).hasValue(1);
    }

    @Test
    void an_unknown_kid_is_not_refused_while_the_issuer_is_unreachable() {
        match(cache, "old");
        broken = true;

        assertThat(match(cache, "new")).isInstanceOf(Match.Unreachable.class);
        assertThat(match(cache, "new")).isInstanceOf(Match.Unreachable.class);
        assertThat(match(cache, "old")).isInstanceOf(Match.Found.class);
        assertThat(fetches).hasValue(2);

        broken = false;
        publish(OLD, NEW);
        time.pass(Duration.ofSeconds(1));
        assertThat(match(cache, "new")).isInstanceOf(Match.Found.class);
    }

    @Test
    void a_dead_issuer_is_asked_after_pauses_that_double_up_to_thirty_seconds() {
        broken = true;
        match(cache, "old");
        int asked = 1;
        for (int pause : List.of(1, 2, 4, 8, 16, 30, 30, 30)) {
            time.pass(Duration.ofSeconds(pause).minusNanos(1));
            assertThat(match(cache, "old")).isInstanceOf(Match.Unreachable.class);
            assertThat(fetches).hasValue(asked);
            time.pass(Duration.ofNanos(1));
            assertThat(match(cache, "old")).isInstanceOf(Match.Unreachable.class);
            assertThat(fetches).hasValue(++asked);
        }

        broken = false;
        time.pass(Duration.ofSeconds(30));
        assertThat(match(cache, "old")).isInstanceOf(Match.Found.class);
    }

    @Test
    void keys_serve_for_a_day_while_the_issuer_is_unreachable_and_no_longer() {
        match(cache, "old");
        broken = true;
        time.pass(Duration.ofHours(24).minusNanos(1));
        assertThat(match(cache, "old")).isInstanceOf(Match.Found.class);

        time.pass(Duration.ofNanos(1));
        assertThat(match(cache, "old")).isInstanceOf(Match.Unreachable.class);
    }

    @Test
    void a_fetch_that_hangs_does_not_hold_up_those_who_come_later() {
        loadInBackground();
        time.pass(Duration.ofMinutes(6));
        match(inBackground, "old");
        time.pass(Duration.ofSeconds(2));

        assertThat(match(inBackground, "new")).isInstanceOf(Match.Unreachable.class);
        assertThat(match(inBackground, "old")).isInstanceOf(Match.Found.class);
        assertThat(background).hasSize(1);
    }

    @Test
    void many_callers_share_one_fetch() throws Exception {
        int callers = 64;
        CountDownLatch arrived = new CountDownLatch(callers);
        JwksCache.Jwks slow = () -> {
            await(arrived);
            return fetch();
        };
        JwksCache shared = new JwksCache(slow, time, Thread::startVirtualThread);

        List<Future<Match>> matches = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                matches.add(threads.submit(() -> {
                    arrived.countDown();
                    return match(shared, "old");
                }));
            }
        }

        for (Future<Match> each : matches) {
            assertThat(each.get()).isInstanceOf(Match.Found.class);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void a_fetch_that_breaks_down_counts_as_failed_and_blocks_nobody() {
        JwksCache breaking = new JwksCache(
                () -> {
                    fetches.incrementAndGet();
                    throw new IllegalStateException("a defect");
                },
                time,
                Runnable::run);

        assertThat(match(breaking, "old")).isInstanceOf(Match.Unreachable.class);
        time.pass(Duration.ofSeconds(1));
        assertThat(match(breaking, "old")).isInstanceOf(Match.Unreachable.class);
        assertThat(fetches).hasValue(2);
    }

    /** The first caller would wait for its fetch; here another thread lands it. */
    private void loadInBackground() {
        Thread caller = Thread.startVirtualThread(() -> match(inBackground, "old"));
        while (background.isEmpty()) {
            Thread.onSpinWait();
        }
        background.remove().run();
        try {
            caller.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void publish(TestKey... keys) {
        published = keys;
    }

    private KeySet fetch() throws IOException {
        fetches.incrementAndGet();
        if (broken) {
            throw new IOException("can't be reached");
        }
        try {
            return KeySet.of(Json.object(FakeFetch.jwks(published).getBytes(StandardCharsets.UTF_8)), null);
        } catch (ParseException e) {
            throw new IOException(e);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static Match match(JwksCache cache, String kid) {
        return cache.match(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build());
    }
}
