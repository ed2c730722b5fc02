package dev.sallyport.api.bench;

import dev.sallyport.api.child.Scratch;
import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.core.log.SealedEntry;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Measures the log: appending alone, with a bare program of the same shape beside it, and then everything that reads a log of
 * some size.
 *
 * <p>The callers are threads of this process; the database is an embedded PostgreSQL.
 */
final class LogBench {

    private static final int WARM_UP_CALLERS = 64;

    /** Of the length of a phase, for compiling. */
    private static final int WARM_UP_PHASES = 3;

    private static final int SEALED = 1_024;

    private final Settings settings;
    private final LoggedAttempts attempts;
    private final Proc proc = Proc.ofThisMachine();
    private final Batches batches = new Batches();
    private final PrintWriter progress;

    /**
     * What is measured.
     *
     * @param callers how many append at a time, in one phase after the other
     * @param seconds how long each phase takes
     * @param entries how many are appended before the log is read; of a log that is kept, how long it is then at least
     * @param data where the database is kept; null for a temporary directory
     */
    record Settings(
            List<Integer> callers,
            int seconds,
            long entries,
            @Nullable Path data) {

        Settings {
            callers = List.copyOf(callers);
        }
    }

    LogBench(Settings settings, InstantSource clock, PrintWriter progress) {
        this.settings = settings;
        this.attempts = new LoggedAttempts(clock);
        this.progress = progress;
    }

    LogReport run() throws IOException, SQLException, InterruptedException {
        double loadAverage = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        List<SealedEntry> sealed = attempts.sealed(SEALED);
        try (Scratch scratch = Scratch.open("sallyport-bench");
                LogDatabase database = LogDatabase.open(data(scratch), batches)) {
            List<LogFigures> log = phases("log", database, appending(database));
            List<LogFigures> bare = bare(database, sealed);
            LogInUse inUse = new LogInUse(database, attempts, proc, scratch.path(), progress);
            return new LogReport(settings, loadAverage, LogReport.Weight.of(sealed), log, bare, inUse.run(settings));
        }
    }

    private Path data(Scratch scratch) {
        return settings.data() == null ? scratch.path().resolve("data") : settings.data();
    }

    private Callers.Call appending(LogDatabase database) {
        IssuanceLog log = database.store().log();
        long epoch = database.store().epoch();
        return () -> append(log, attempts.next(), epoch);
    }

    static void append(IssuanceLog log, Entry entry, long epoch) throws IOException {
        if (!(log.append(entry, epoch) instanceof Recorded)) {
            throw new IOException("an entry was not recorded");
        }
    }

    private List<LogFigures> bare(LogDatabase database, List<SealedEntry> sealed)
            throws IOException, SQLException, InterruptedException {
        try (BareLog log = BareLog.open(database.owner(), batches)) {
            return phases("bare program", database, () -> {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                log.append(attempts.id(), sealed.get(random.nextInt(SEALED)));
            });
        }
    }

    private List<LogFigures> phases(String name, LogDatabase database, Callers.Call append)
            throws IOException, InterruptedException {
        phase(name + ", warm-up", database, WARM_UP_CALLERS, WARM_UP_PHASES * settings.seconds(), append);
        List<LogFigures> phases = new ArrayList<>();
        for (int callers : settings.callers()) {
            phases.add(phase(name + ", " + callers + " callers", database, callers, settings.seconds(), append));
        }
        return phases;
    }

    private LogFigures phase(String what, LogDatabase database, int callers, int seconds, Callers.Call append)
            throws IOException, InterruptedException {
        long self = ProcessHandle.current().pid();
        Batches.Counted _ = batches.taken();
        double cpu = proc.cpuSeconds(self);
        double postgresCpu = proc.treeCpuSeconds(database.pid());
        Callers.Outcome outcome = Callers.run(callers, Duration.ofSeconds(seconds), append);
        double thousands = outcome.latencies().count() / 1_000.0;
        Batches.Counted counted = batches.taken();
        LogFigures figures = new LogFigures(
                callers,
                outcome.perSecond(),
                counted.mean(),
                counted.most(),
                counted.commits().millis(50),
                counted.commits().millis(99),
                outcome.latencies().millis(50),
                outcome.latencies().millis(99),
                (proc.cpuSeconds(self) - cpu) / thousands,
                (proc.treeCpuSeconds(database.pid()) - postgresCpu) / thousands,
                outcome.errors(),
                outcome.firstError());
        progress.println(what + ": " + figures.summary());
        return figures;
    }
}
