package dev.sallyport.api.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveCheckTest {

    private static final byte[] OTHER = "{\"number\":\"other\"}".getBytes(StandardCharsets.UTF_8);

    private final FakeLog log = new FakeLog();

    @AfterEach
    void stop() {
        log.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 255, 256, 257, 300, 511, 512, 700, 66_000})
    void a_log_of_any_size_holds(int size) {
        log.then(FakeLog.leaves(size));
        Run run = verify();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith("ok: " + size + " entries of broker.example/log hold; root ")
                .hasLineCount(1);
        assertThat(run.err()).contains("can't be seen from here").doesNotContain("agrees with itself");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 511, 512, 513, 900})
    void the_newest_checkpoint_is_proven_to_extend_the_first(int size) {
        log.then(FakeLog.leaves(300)).then(FakeLog.leaves(size));
        Run run = verify();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains(size + " entries", size == 300 ? "No newer" : "extends that of 300 entries");
    }

    @ParameterizedTest
    @CsvSource({"700, 1", "700, 255", "700, 256", "700, 300", "700, 513", "700, 700", "66000, 65536", "66000, 65999"})
    void what_lies_before_an_index_is_taken_from_hash_tiles(int size, int from) {
        log.then(FakeLog.leaves(size));
        Run run = verify("--from", String.valueOf(from));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("those before " + from + " by their hash tiles only");
        assertThat(log.requests("/log/tile/entries/000")).isEqualTo(from < 256 ? 1 : 0);
    }

    @Test
    void a_key_from_the_same_server_is_said_to_prove_little() {
        log.then(FakeLog.leaves(3));
        Run run = Run.verify(log.url() + "/");
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("agrees with itself");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 255, 256, 299})
    void an_altered_leaf_is_named(int index) {
        List<byte[]> leaves = FakeLog.leaves(300);
        byte[] altered = leaves.get(index).clone();
        altered[altered.length - 3] ^= 1;
        List<byte[]> shown = FakeLog.leaves(300);
        shown.set(index, altered);
        log.then(shown, leaves, log.checkpoint(leaves));
        assertWrong(verify(), "entry " + index + ": its leaf has another hash");
    }

    @Test
    void a_deleted_entry_is_named() {
        List<byte[]> leaves = FakeLog.leaves(300);
        List<byte[]> shown = FakeLog.leaves(300);
        shown.remove(123);
        log.then(shown, leaves, log.checkpoint(leaves));
        assertWrong(verify(), "entry 123: its leaf has another hash");
    }

    @ParameterizedTest
    @ValueSource(ints = {299, 256, 100})
    void entries_that_were_cut_off_are_named(int end) {
        List<byte[]> leaves = FakeLog.leaves(300);
        log.then(leaves.subList(0, end), leaves, log.checkpoint(leaves));
        assertWrong(verify(), "entry " + end + ": ", "missing");
    }

    @Test
    void two_swapped_entries_are_named_by_the_first() {
        List<byte[]> leaves = FakeLog.leaves(600);
        List<byte[]> shown = FakeLog.leaves(600);
        shown.set(40, leaves.get(500));
        shown.set(500, leaves.get(40));
        log.then(shown, leaves, log.checkpoint(leaves));
        assertWrong(verify(), "entry 40: its leaf has another hash");
    }

    @Test
    void entries_and_tiles_that_were_changed_together_do_not_have_the_signed_root() {
        List<byte[]> leaves = FakeLog.leaves(300);
        List<byte[]> shown = FakeLog.leaves(300);
        shown.set(40, OTHER);
        log.then(shown, shown, log.checkpoint(leaves));
        assertWrong(verify(), "entries 0 to 299: ", "both were changed");
    }

    @Test
    void a_signature_of_somebody_else_is_told() {
        List<byte[]> leaves = FakeLog.leaves(300);
        try (FakeLog other = new FakeLog()) {
            log.then(leaves, leaves, other.checkpoint(leaves));
            assertWrong(verify(), "checkpoint of 300 entries has no valid signature");
        }
    }

    @Test
    void an_altered_checkpoint_is_told() {
        List<byte[]> leaves = FakeLog.leaves(300);
        log.then(leaves, leaves, log.checkpoint(leaves).replace("\n300\n", "\n299\n"));
        assertWrong(verify(), "checkpoint of 299 entries has no valid signature");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 400, 512, 900})
    void a_fork_is_named_by_the_entry_that_differs(int size) {
        List<byte[]> forked = FakeLog.leaves(size);
        forked.set(290, OTHER);
        log.then(FakeLog.leaves(300)).then(forked);
        assertWrong(verify(), "entry 290: ", "it forked");
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 601, 1_200})
    void a_fork_further_back_is_named_by_256_entries(int size) {
        List<byte[]> forked = FakeLog.leaves(size);
        forked.set(290, OTHER);
        log.then(FakeLog.leaves(600)).then(forked);
        assertWrong(verify("--from", "200"), "entries 256 to 511: ", "it forked");
    }

    @Test
    void a_log_that_shrank_is_told() {
        log.then(FakeLog.leaves(300)).then(FakeLog.leaves(290));
        assertWrong(verify(), "entry 290: was taken back");
    }

    @Test
    void a_later_checkpoint_of_another_tree_is_told() {
        List<byte[]> leaves = FakeLog.leaves(310);
        List<byte[]> signed = FakeLog.leaves(310);
        signed.set(305, OTHER);
        log.then(FakeLog.leaves(300)).then(leaves, leaves, log.checkpoint(signed));
        assertWrong(verify(), "entry 300: from it on, or before");
    }

    @Test
    void what_can_not_be_read_is_no_verdict() {
        log.then(FakeLog.leaves(3));
        log.close();
        assertThat(verify().code()).isEqualTo(2);
    }

    private Run verify(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = log.url();
        arguments[1] = "--key";
        arguments[2] = log.key();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return Run.verify(arguments);
    }

    private static void assertWrong(Run run, String... told) {
        assertThat(run.code()).as(run.out()).isEqualTo(1);
        assertThat(run.err()).contains(told);
        assertThat(run.out()).isEmpty();
    }
}
