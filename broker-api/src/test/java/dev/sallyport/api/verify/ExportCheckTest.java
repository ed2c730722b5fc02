package dev.sallyport.api.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.SealedEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCheckTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    @TempDir
    Path directory;

    private final FakeLog signer = new FakeLog();
    private final List<SealedEntry> entries = new ArrayList<>();

    ExportCheckTest() {
        for (int i = 0; i < 20; i++) {
            entries.add(new Entry(NOON, "key", "applied", null, Map.of("kid", "k" + i)).seal(new byte[16]));
        }
    }

    @AfterEach
    void stop() {
        signer.close();
    }

    @Test
    void without_a_checkpoint_size_and_root_are_told_and_that_nothing_signed_was_checked() {
        Run run = verify(lines(0));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("20 entries hold; root " + root(20), "Nothing signed was checked");
        assertThat(run.err()).contains("can't be seen from here");
    }

    @Test
    void a_checkpoint_is_compared_and_its_signature_verified() {
        Run run = verify(lines(0), "--checkpoint", checkpoint(20), "--key", signer.key());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("checkpoint of 20 entries fits and is signed by broker.example/log+");
        assertThat(verify(lines(0), "--checkpoint", checkpoint(15), "--key", signer.key())
                        .out())
                .contains("checkpoint of 15 entries", "does not cover the last 5");
        assertThat(verify(lines(0), "--checkpoint", checkpoint(20)).out()).contains("signature was not checked");
    }

    @Test
    void a_checkpoint_may_stand_in_the_last_line() {
        List<String> lines = lines(0);
        lines.add(stated(20));
        assertThat(verify(lines, "--key", signer.key()).out()).contains("fits and is signed by");
        lines.set(3, lines.get(4));
        assertWrong(verify(lines), "entry 3: is missing");
    }

    @Test
    void a_file_alone_proves_its_root_and_its_signature_and_no_other() {
        List<String> lines = lines(0);
        lines.add(stated(20));
        assertThat(verify(lines, "--key", new FakeLog().key()).code()).isEqualTo(1);
        lines.set(20, stated(20).replace("\\n20\\n", "\\n21\\n"));
        assertWrong(verify(lines, "--key", signer.key()), "has no valid signature");
        assertWrong(verify(lines), "entry 20: is missing");
        lines.set(20, stated(20).replace(root(20), root(19)));
        assertWrong(verify(lines), "entries 0 to 19: a leaf is not the one");
        lines.set(20, stated(19));
        assertWrong(verify(lines), "line 21 is of 19 entries only");
        lines.set(20, "{\"checkpoint\":\"nothing\"}");
        assertWrong(verify(lines), "the checkpoint is no signed note");
        lines.removeLast();
        assertWrong(verify(lines, "--key", signer.key()), "without a checkpoint that the key could have signed");
    }

    @Test
    void an_entry_that_was_removed_or_altered_shows_by_the_checkpoint_of_the_file() {
        List<String> lines = lines(0);
        lines.add(stated(20));
        lines.remove(19);
        assertWrong(verify(lines), "entry 19: is missing: the checkpoint is of 20 entries");
        lines.add(19, line(19, entries.get(18).leaf(), entries.get(18).detail()));
        assertWrong(verify(lines), "entries 0 to 19: a leaf is not the one");
    }

    @Test
    void an_export_that_was_continued_has_a_checkpoint_behind_each_part() {
        List<String> lines = lines(0);
        lines.add(12, stated(12));
        assertThat(verify(lines, "--key", signer.key()).out()).contains("does not cover the last 8");
        lines.add(stated(20));
        assertThat(verify(lines, "--key", signer.key()).out()).contains("checkpoint of 20 entries fits and is signed");
        lines.set(12, stated(12).replace(root(12), root(11)));
        assertWrong(verify(lines), "entries 0 to 11: a leaf is not the one");
        lines.set(12, stated(19));
        lines.add(14, stated(19));
        assertWrong(verify(lines), "entry 13: is missing: the checkpoint is of 19 entries");
    }

    @Test
    void lines_may_be_spelled_in_any_way_that_json_has_but_each_member_once() {
        List<String> lines = lines(0);
        lines.set(3, " " + lines.get(3).replace("\"leaf\"", "\"\\u006ceaf\" ").replace(":", " :\t") + "\r");
        lines.set(4, lines.get(4).replace("{", "{\"more\":{\"a\":[1,null]},"));
        assertThat(verify(lines, "--checkpoint", checkpoint(20)).code()).isZero();
        lines.set(4, lines.get(4).replace("\"index\":4", "\"index\":4,\"index\":4"));
        assertWrong(verify(lines), "entry 4: its line is no JSON");
        lines.set(4, lines(0).get(4).replace("\"index\":4", "\"index\":4,\"index\":5"));
        assertWrong(verify(lines), "entry 4: its line is no JSON");
        lines.set(4, lines(0).get(4).replace("\"index\":4", "\"index\":04"));
        assertWrong(verify(lines), "entry 4: its line is no JSON");
    }

    @Test
    void the_first_of_several_faults_is_the_one_that_is_told_in_a_long_export() {
        List<SealedEntry> some = List.copyOf(entries);
        while (entries.size() < 20_000) {
            entries.addAll(some);
        }
        List<String> lines = lines(0);
        lines.set(9_000, "{");
        lines.set(8_999, lines.get(8_999).replace("\"detail\":\"", "\"detail\":\"AAAA"));
        lines.set(19_999, "");
        assertWrong(verify(lines), "entry 8999: its detail is not the one");
    }

    @Test
    void a_detail_that_a_later_entry_erases_is_counted_and_the_rest_holds() {
        erasure(4L);
        List<String> lines = lines(0);
        lines.set(4, erased(4, 20));
        assertThat(verify(lines, "--checkpoint", checkpoint(21)).out())
                .contains("1 of them without their detail, which a later entry erases; root");
    }

    @Test
    void a_detail_that_is_missing_without_an_erasure_is_named() {
        erasure(5L);
        for (String line : List.of(
                line(4, entries.get(4).leaf(), null), erased(4, 20), erased(4, 19), erased(4, 4), erased(4, 3))) {
            List<String> lines = lines(0);
            lines.set(4, line);
            assertWrong(verify(lines), "entry 4: its detail is missing, and no entry erases it");
        }
    }

    @Test
    void an_erasure_that_lies_behind_the_end_is_told() {
        List<String> lines = lines(0);
        lines.set(4, erased(4, 20));
        Run run = verify(lines);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("it is said that entry 20 or a later one, behind the end, erases it");
    }

    @Test
    void an_erasure_whose_own_detail_is_missing_erases_nothing() {
        erasure(4L);
        List<String> lines = lines(0);
        lines.set(4, erased(4, 20));
        lines.set(20, erased(20, 21));
        assertWrong(verify(lines), "entry 4: its detail is missing");
    }

    private void erasure(Long... erased) {
        entries.add(new Entry(NOON, "erasure", "applied", null, Map.of("entries", List.of(erased))).seal(new byte[16]));
    }

    private String erased(int index, long erasure) {
        String line = line(index, entries.get(index).leaf(), null);
        return line.substring(0, line.length() - 1) + ",\"erased\":" + erasure + "}";
    }

    @Test
    void an_altered_detail_is_named() {
        List<String> lines = lines(0);
        lines.set(4, line(4, entries.get(4).leaf(), entries.get(5).detail()));
        assertWrong(verify(lines), "entry 4: its detail is not the one");
    }

    @Test
    void an_altered_commitment_is_named() {
        List<String> lines = lines(0);
        lines.set(4, line(4, entries.get(5).leaf(), entries.get(4).detail()));
        assertWrong(verify(lines), "entry 4: its detail is not the one");
    }

    @Test
    void an_altered_leaf_has_another_root_than_the_signed_one() {
        List<String> lines = lines(0);
        byte[] leaf = entries.get(4).leaf().clone();
        leaf[leaf.length - 3] ^= 1;
        lines.set(4, line(4, leaf, entries.get(4).detail()));
        assertThat(verify(lines).code()).isZero();
        assertWrong(verify(lines, "--checkpoint", checkpoint(20)), "entries 0 to 19: a leaf is not the one");
        leaf[0] = 'x';
        lines.set(4, line(4, leaf, null));
        assertWrong(verify(lines), "entry 4: its leaf is no JSON");
    }

    @Test
    void a_deleted_entry_is_named() {
        List<String> middle = lines(0);
        middle.remove(7);
        assertWrong(verify(middle), "entry 7: is missing");
        List<String> end = lines(0);
        end.removeLast();
        assertThat(verify(end).code()).isZero();
        assertWrong(verify(end, "--checkpoint", checkpoint(20)), "entry 19: is missing");
    }

    @Test
    void two_swapped_entries_are_named_by_the_first() {
        List<String> lines = lines(0);
        lines.set(2, line(2, entries.get(9).leaf(), entries.get(9).detail()));
        lines.set(9, line(9, entries.get(2).leaf(), entries.get(2).detail()));
        assertWrong(verify(lines, "--checkpoint", checkpoint(20)), "entries 0 to 19: a leaf is not the one");
        lines = lines(0);
        String second = lines.get(2);
        lines.set(2, lines.get(9));
        lines.set(9, second);
        assertWrong(verify(lines), "entry 2: is missing");
    }

    @Test
    void a_bad_signature_is_told() throws IOException {
        Path file = Files.writeString(directory.resolve("bad"), note(20).replace("\n20\n", "\n19\n"));
        assertWrong(verify(lines(0), "--checkpoint", file.toString(), "--key", signer.key()), "has no valid signature");
    }

    @Test
    void a_later_part_is_checked_without_a_root() {
        Run run = verify(lines(5), "--from", "5");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("15 entries from 5 hold", "No root hash was compared");
        assertWrong(verify(lines(5)), "entry 0: is missing");
    }

    @Test
    void what_is_no_line_of_an_export_is_named() {
        for (String line : List.of("{", "[]", "{\"index\":\"3\"}", "{\"index\":3}", "{\"index\":3,\"leaf\":\"*\"}")) {
            List<String> lines = lines(0);
            lines.set(3, line);
            assertWrong(verify(lines), "entry 3: ");
        }
    }

    @Test
    void a_wrong_use_is_told() {
        assertThat(Run.verify().code()).isEqualTo(2);
        assertThat(Run.verify("nothing-there.ndjson").code()).isEqualTo(2);
        assertThat(verify(lines(0), "--from", "-1").code()).isEqualTo(2);
        assertThat(verify(lines(0), "--key", "x").code()).isEqualTo(2);
        assertThat(verify(lines(0), "--key", signer.key().replace("+", "++")).code())
                .isEqualTo(2);
        assertThat(verify(lines(5), "--from", "5", "--checkpoint", checkpoint(20))
                        .code())
                .isEqualTo(2);
        assertThat(Run.verify("https://broker.example/?x=y").code()).isEqualTo(2);
    }

    private Run verify(List<String> lines, String... options) {
        try {
            Path export = Files.writeString(directory.resolve("export.ndjson"), String.join("\n", lines) + "\n");
            String[] arguments = Arrays.copyOf(options, options.length + 1);
            arguments[options.length] = export.toString();
            return Run.verify(arguments);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> lines(int from) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < entries.size(); i++) {
            lines.add(line(i, entries.get(i).leaf(), entries.get(i).detail()));
        }
        return lines;
    }

    private static String line(int index, byte[] leaf, byte @Nullable [] detail) {
        Base64.Encoder base64 = Base64.getEncoder();
        String more = detail == null
                ? ""
                : ",\"detail\":\"" + base64.encodeToString(detail) + "\",\"salt\":\""
                        + base64.encodeToString(new byte[16]) + "\"";
        return "{\"index\":" + index + ",\"leaf\":\"" + base64.encodeToString(leaf) + "\"" + more + "}";
    }

    private String stated(int size) {
        return "{\"checkpoint\":\"" + note(size).replace("\n", "\\n") + "\"}";
    }

    private String note(int size) {
        return signer.checkpoint(
                entries.subList(0, size).stream().map(SealedEntry::leaf).toList());
    }

    private String checkpoint(int size) {
        try {
            return Files.writeString(directory.resolve("checkpoint-" + size), note(size))
                    .toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String root(int size) {
        return note(size).split("\n", 4)[2];
    }

    private static void assertWrong(Run run, String told) {
        assertThat(run.code()).as(run.out()).isEqualTo(1);
        assertThat(run.err()).contains(told);
        assertThat(run.out()).isEmpty();
    }
}
