package dev.sallyport.api.bench;

import dev.sallyport.api.child.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A run of {@code verify} on an export, in a process of its own, the start of Java included.
 *
 * @param held whether it found the export in order
 * @param said what it said last
 * @param cpu its CPU seconds
 * @param peakMib its memory in RAM at most, in MiB
 */
record Verification(boolean held, String said, double seconds, double cpu, double peakMib) {

    private static final long LOOK_EVERY_MILLIS = 20;

    /**
     * Runs it.
     *
     * @param key the log's verifier key
     * @param log the file that all of its output goes to
     */
    static Verification of(Path export, String key, Path log, Proc proc) throws IOException, InterruptedException {
        long started = System.nanoTime();
        Process process = Child.command(List.of("verify", export.toString(), "--key", key))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        double cpu = Double.NaN;
        double peak = Double.NaN;
        try {
            while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                // Once it has ended there is nothing to be read any more.
                cpu = known(proc.cpuSeconds(process.pid()), cpu);
                peak = known(proc.peakResidentMib(process.pid()), peak);
            }
        } finally {
            process.destroy();
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        List<String> lines = Files.readAllLines(log);
        return new Verification(process.exitValue() == 0, lines.isEmpty() ? "" : lines.getLast(), seconds, cpu, peak);
    }

    private static double known(double now, double before) {
        return Double.isNaN(now) ? before : now;
    }
}
