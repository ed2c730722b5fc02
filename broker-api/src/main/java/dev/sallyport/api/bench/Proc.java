package dev.sallyport.api.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What Linux tells of its processes under {@code /proc}; NaN for all that it does not tell, as on other systems.
 *
 * @param root {@code /proc}
 */
record Proc(Path root) {

    /** Units of time in {@code stat} a second: USER_HZ is 100 on every Linux that Java runs on. */
    private static final double TICKS = 100;

    private static final double KIB_PER_MIB = 1024;

    /**
     * A line of {@code /proc/PID/stat}, see proc_pid_stat(5).
     *
     * @param ticks its own time, user and system
     * @param reapedTicks the time of those descendants that have ended and were waited for
     */
    record Stat(long pid, long parent, long ticks, long reapedTicks) {

        /** The command's name stands in parentheses and may itself hold spaces and parentheses. */
        static Stat parse(String line) {
            int name = line.indexOf('(');
            String[] rest = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return new Stat(
                    Long.parseLong(line.substring(0, name).strip()),
                    Long.parseLong(rest[1]),
                    Long.parseLong(rest[11]) + Long.parseLong(rest[12]),
                    Long.parseLong(rest[13]) + Long.parseLong(rest[14]));
        }
    }

    static Proc ofThisMachine() {
        return new Proc(Path.of("/proc"));
    }

    /** CPU seconds of one process since it began. */
    double cpuSeconds(long pid) {
        return stats().stream()
                .filter(stat -> stat.pid() == pid)
                .mapToDouble(stat -> stat.ticks() / TICKS)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** CPU seconds of a process and all its descendants, those that have ended included. */
    double treeCpuSeconds(long pid) {
        List<Stat> all = stats();
        Set<Long> tree = new HashSet<>(Set.of(pid));
        boolean grown = true;
        while (grown) {
            grown = all.stream()
                            .filter(stat -> tree.contains(stat.parent()))
                            .filter(stat -> tree.add(stat.pid()))
                            .count()
                    > 0;
        }
        List<Stat> members =
                all.stream().filter(stat -> tree.contains(stat.pid())).toList();
        return members.isEmpty()
                ? Double.NaN
                : members.stream()
                                .mapToLong(stat -> stat.ticks() + stat.reapedTicks())
                                .sum()
                        / TICKS;
    }

    /** Memory of a process that is in RAM now, in MiB. */
    double residentMib(long pid) {
        return mib(pid, "VmRSS:");
    }

    /** The most of its memory that ever was in RAM at a time, in MiB. */
    double peakResidentMib(long pid) {
        return mib(pid, "VmHWM:");
    }

    private double mib(long pid, String line) {
        try (Stream<String> lines = Files.lines(root.resolve(Long.toString(pid)).resolve("status"))) {
            return lines.filter(each -> each.startsWith(line))
                    .mapToDouble(each -> Long.parseLong(each.replaceAll("[^0-9]", "")) / KIB_PER_MIB)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private List<Stat> stats() {
        String[] names = root.toFile().list((_, name) -> name.chars().allMatch(Character::isDigit));
        List<Stat> stats = new ArrayList<>();
        Arrays.stream(names == null ? new String[0] : names).forEach(name -> {
            try {
                stats.add(
                        Stat.parse(Files.readString(root.resolve(name).resolve("stat"), StandardCharsets.ISO_8859_1)));
            } catch (IOException e) {
                // It has ended meanwhile.
            }
        });
        return stats;
    }
}
