package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.Enrolments.Enrolment;
import dev.sallyport.core.attest.Enrolments.Way;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoredEnrolmentsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final String MACHINE = "i-0123456789abcdef0";

    private final TestDatabase database = TestDatabase.create();
    private PostgresStore store;

    @BeforeEach
    void open() {
        store = PostgresStore.open(
                database.as(TestDatabase.BROKER),
                database.as(TestDatabase.BROKER),
                new KeySealer(new byte[32]),
                InstantSource.fixed(NOW),
                (entries, nanos) -> {});
    }

    @AfterEach
    void close() {
        store.close();
        assertThat(TestLog.checked(database)).isNotNegative();
    }

    @Test
    void a_machine_keeps_the_key_that_it_was_bound_to_first_and_the_log_says_so_once() {
        StoredEnrolments enrolments = store.enrolments();
        long before = TestLog.checked(database);

        assertThat(enrolments.find("ec2", MACHINE)).isEmpty();
        assertThat(enrolments.bind("ec2", machine(MACHINE, "A"))).isEqualTo(machine(MACHINE, "A"));
        assertThat(enrolments.bind("ec2", machine(MACHINE, "B"))).isEqualTo(machine(MACHINE, "A"));
        assertThat(enrolments.find("ec2", MACHINE)).contains(machine(MACHINE, "A"));
        assertThat(enrolments.find("other", MACHINE)).isEmpty();
        assertThat(TestLog.checked(database)).isEqualTo(before + 1);
    }

    @Test
    void of_many_who_come_at_once_one_is_bound_and_all_are_told_which() throws Exception {
        StoredEnrolments enrolments = store.enrolments();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Enrolment>> bound = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() ->
                            enrolments.bind("ec2", machine(MACHINE, String.valueOf((char) ('A' + i))))))
                    .toList();
            Enrolment first = enrolments.bind("ec2", machine(MACHINE, "Z"));
            for (Future<Enrolment> each : bound) {
                assertThat(each.get()).isEqualTo(first);
            }
        }
    }

    @Test
    void a_reset_frees_the_machine_and_begins_a_new_epoch() {
        StoredEnrolments enrolments = store.enrolments();
        enrolments.bind("ec2", machine(MACHINE, "A"));
        long epoch = store.epoch();

        assertThat(enrolments.reset("ec2", MACHINE, new Author("admin", null))).hasValue(epoch + 1);
        assertThat(enrolments.reset("ec2", MACHINE, new Author("admin", null))).isEmpty();
        assertThat(enrolments.bind("ec2", machine(MACHINE, "B"))).isEqualTo(machine(MACHINE, "B"));
    }

    @Test
    void they_are_listed_by_id_and_by_pages() {
        StoredEnrolments enrolments = store.enrolments();
        for (String id : List.of("i-3", "i-1", "i-2")) {
            enrolments.bind("ec2", machine(id, "A"));
        }

        assertThat(enrolments.list("ec2", "", 2))
                .extracting(Enrolment::instance)
                .containsExactly("i-1", "i-2");
        assertThat(enrolments.list("ec2", "i-2", 2))
                .extracting(Enrolment::instance)
                .containsExactly("i-3");
        assertThat(enrolments.list("other", "", 2)).isEmpty();
    }

    private static Enrolment machine(String id, String letter) {
        return new Enrolment(id, letter.repeat(43), Way.FIRST_USE, NOW);
    }
}
