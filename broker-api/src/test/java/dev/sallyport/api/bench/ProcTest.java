package dev.sallyport.api.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcTest {

    @TempDir
    Path root;

    @Test
    void a_command_may_have_spaces_and_parentheses_in_its_name() {
        Proc.Stat stat = Proc.Stat.parse(line(42, "postgres: (io) worker) 1", 7, 100, 20, 3, 4));

        assertThat(stat).isEqualTo(new Proc.Stat(42, 7, 120, 7));
    }

    @Test
    void a_tree_is_a_process_its_descendants_and_those_that_have_ended() throws IOException {
        process(10, 1, 100, 50, 30, 20);
        process(12, 11, 200, 0, 0, 0);
        process(11, 10, 300, 0, 0, 0);
        process(99, 1, 9_000, 0, 0, 0);

        assertThat(new Proc(root).treeCpuSeconds(10)).isEqualTo(7.0);
        assertThat(new Proc(root).cpuSeconds(10)).isEqualTo(1.5);
    }

    @Test
    void resident_memory_is_told_in_mebibytes() throws IOException {
        process(10, 1, 0, 0, 0, 0);
        Files.writeString(
                root.resolve("10").resolve("status"), "Name:\tjava\nVmHWM:\t  900000 kB\nVmRSS:\t  262144 kB\n");

        assertThat(new Proc(root).residentMib(10)).isEqualTo(256);
    }

    @Test
    void what_the_system_does_not_tell_is_not_a_number() {
        Proc none = new Proc(root.resolve("nowhere"));

        assertThat(none.cpuSeconds(1)).isNaN();
        assertThat(none.treeCpuSeconds(1)).isNaN();
        assertThat(none.residentMib(1)).isNaN();
    }

    private void process(long pid, long parent, long user, long system, long reapedUser, long reapedSystem)
            throws IOException {
        Path directory = Files.createDirectory(root.resolve(Long.toString(pid)));
        Files.writeString(
                directory.resolve("stat"), line(pid, "postgres", parent, user, system, reapedUser, reapedSystem));
    }

    private static String line(
            long pid, String name, long parent, long user, long system, long reapedUser, long reapedSystem) {
        return "%d (%s) S %d 7 7 0 -1 4194560 900 0 0 0 %d %d %d %d 20 0 1 0 5000 200000 3000"
                .formatted(pid, name, parent, user, system, reapedUser, reapedSystem);
    }
}
