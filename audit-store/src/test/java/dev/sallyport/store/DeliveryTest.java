package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A receiver gets every entry in order, whatever fails on the way. */
class DeliveryTest {

    private static final int ENTRIES = 700;

    private final TestDatabase database = TestDatabase.create();
    private final List<Long> received = new CopyOnWriteArrayList<>();

    @Test
    void every_entry_is_handed_over_in_order_and_the_place_is_kept() {
        try (PostgresStore store = database.open()) {
            append(store, 0, ENTRIES);
            try (Delivery delivery = store.deliver("siem", this::all)) {
                await().until(() -> received.size() == ENTRIES && delivery.behind() == 0);
            }
            append(store, ENTRIES, ENTRIES + 1);
            try (Delivery _ = store.deliver("siem", this::all)) {
                await().until(() -> received.size() == ENTRIES + 1);
            }
        }
        assertThat(received).isEqualTo(upTo(ENTRIES + 1));
    }

    @Test
    void what_a_receiver_did_not_take_comes_again_and_nothing_is_left_out() {
        AtomicInteger calls = new AtomicInteger();
        try (PostgresStore store = database.open();
                Delivery delivery = store.deliver("siem", entries -> {
                    if (calls.incrementAndGet() == 2) {
                        all(entries);
                        throw new IOException("the answer was lost");
                    }
                    return all(entries.subList(0, 1));
                })) {
            append(store, 0, 4);
            await().until(() -> received.contains(3L) && delivery.behind() == 0);

            assertThat(received.stream().distinct().toList()).isEqualTo(upTo(4));
            assertThat(received).hasSizeGreaterThan(4);
            assertThat(delivery.failures()).isEqualTo(1);
        }
    }

    @Test
    void one_replica_hands_over_and_the_other_goes_on_where_it_ended() {
        AtomicInteger byOther = new AtomicInteger();
        try (PostgresStore store = database.open();
                PostgresStore otherStore = database.open()) {
            append(store, 0, 3);
            Delivery first = store.deliver("siem", this::all);
            await().until(() -> received.size() == 3);
            try (Delivery _ = otherStore.deliver("siem", entries -> {
                byOther.addAndGet(entries.size());
                return all(entries);
            })) {
                append(otherStore, 3, 5);
                await().until(() -> received.size() == 5);
                assertThat(byOther).hasValue(0);

                first.close();
                append(store, 5, 7);
                await().until(() -> received.size() == 7);
                assertThat(byOther).hasValue(2);
            }
        }
        assertThat(received).isEqualTo(upTo(7));
    }

    @Test
    void receivers_are_each_for_themselves() {
        List<Long> others = new CopyOnWriteArrayList<>();
        try (PostgresStore store = database.open();
                Delivery _ = store.deliver("away", _ -> {
                    throw new IOException("away");
                });
                Delivery _ = store.deliver("siem", entries -> {
                    entries.forEach(entry -> others.add(entry.index()));
                    return entries.size();
                })) {
            append(store, 0, 2);
            await().until(() -> others.size() == 2);
        }
    }

    private int all(List<LogEntry> entries) {
        entries.forEach(entry -> received.add(entry.index()));
        return entries.size();
    }

    private static void append(PostgresStore store, int from, int to) {
        for (int i = from; i < to; i++) {
            store.log().append(TestLog.attempt(i, "bot", "issued", "x"), 0);
        }
    }

    private static List<Long> upTo(long size) {
        return LongStream.range(0, size).boxed().toList();
    }
}
